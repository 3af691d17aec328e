/** What agents say of their commands, checked at one place for every edge. */
import { isErrorCode, ParleyError } from "../../shared/error.ts";
import {
  type CommandRecord,
  ENDED_STATUSES,
  type EndedStatus,
  MOST_DESCRIPTION_BYTES,
  MOST_OUTPUT_BYTES,
} from "../../shared/model/command.ts";
import { cutMiddle } from "../../shared/model/cut_middle.ts";
import type { CommandEvent, CommandOutcome } from "./transition.ts";

/** Types that run a program, which has an exit code. */
const PROGRAMS = new Set(["shell", "script", "python"]);
/** Bytes of a sentence about a command; the rest is cut out of the middle. */
const MOST_SENTENCE_BYTES = 8_192;
const encoder = new TextEncoder();
const LONGEST_DIGEST = 200;
const MOST_EXPIRES_S = 7 * 24 * 3_600;

/** A result as it travels; agents that know the first fields alone leave the others out. */
export interface RawResult {
  success: boolean;
  output: string;
  error_message: string;
  exit_code: number | null;
  execution_time_ms: number;
  status: string;
  code: string;
  truncated_bytes: number;
  signal: string;
  /** How many pieces of output were reported before it. */
  output_pieces: number;
}

/** What an agent says of a command before its result. */
export type CommandNews =
  | { kind: "started"; description: string }
  | { kind: "approval_needed"; digest: string; description: string; expiresInS: number }
  | { kind: "output"; sequence: number; text: string; stream: "stdout" | "stderr" };

/** How a command stands whose result comes: what of that the result is read by. */
export type Standing = Pick<CommandRecord, "type" | "started_at" | "output" | "truncated_bytes">;

const UNBEGUN: Standing = { type: "", started_at: null, output: "", truncated_bytes: 0 };

/**
 * Reads a result. What came while it ran counts where the result itself brings no output. Throws `invalid_message`
 * naming the field at fault.
 */
export function outcomeOf(raw: RawResult, standing: Standing = UNBEGUN): CommandOutcome {
  const status = statusOf(raw);
  const printed = { text: standing.output, truncatedBytes: standing.truncated_bytes };
  const { text, truncatedBytes } = raw.output === "" ? printed : cutMiddle(raw.output, MOST_OUTPUT_BYTES);
  return {
    status,
    code: codeOf(raw, status),
    exit_code: exitCodeOf(raw, status, standing),
    output: text,
    truncated_bytes: truncatedBytes + countOf(raw.truncated_bytes),
    error_message: sentenceOf(raw.error_message) || null,
    signal: raw.signal.slice(0, 40) || null,
    execution_time_ms: countOf(raw.execution_time_ms),
  };
}

/** Says what is wrong with asking a person to approve what cannot be shown to them whole. */
export function unfitness(news: CommandNews): string | undefined {
  if (news.kind !== "approval_needed") return undefined;
  const bytes = encoder.encode(news.description).length;
  if (bytes <= MOST_DESCRIPTION_BYTES) return undefined;
  return `What is to be approved takes ${bytes} bytes to show: no person can be asked to approve more than ${MOST_DESCRIPTION_BYTES}.`;
}

/** Makes what happens to a command of what its agent says of it; what it prints is none. Throws `invalid_message`. */
export function eventOf(news: Exclude<CommandNews, { kind: "output" }>): CommandEvent {
  if (news.kind === "started") return { kind: "started", description: sentenceOf(news.description) };
  const { description } = news;
  if (news.digest === "" || news.digest.length > LONGEST_DIGEST) {
    throw fault("digest", `1 to ${LONGEST_DIGEST} characters are allowed.`);
  }
  const expiresInS = Math.min(countOf(news.expiresInS), MOST_EXPIRES_S);
  return { kind: "approval_needed", digest: news.digest, description, expiresInS };
}

function statusOf({ status, success }: RawResult): EndedStatus {
  if (status === "") return success ? "succeeded" : "failed";
  const known = ENDED_STATUSES.find((each) => each === status);
  if (known) return known;
  throw fault("status", `allowed are ${ENDED_STATUSES.join(", ")}, and nothing.`);
}

function codeOf({ code }: RawResult, status: EndedStatus): CommandOutcome["code"] {
  if (status === "succeeded") return null;
  if (isErrorCode(code)) return code;
  if (status === "timed_out") return "timeout";
  return status === "cancelled" ? "cancelled" : null;
}

/**
 * A zero beside anything but a success says that there was no code, as gRPC cannot leave a number out; but a program
 * that had begun, and was ended early by no signal, did say so itself.
 */
function exitCodeOf(
  { exit_code, signal }: RawResult,
  status: EndedStatus,
  { type, started_at }: Standing,
): number | null {
  if (exit_code !== 0 || status === "succeeded") return exit_code;
  const wasEndedEarly = status === "cancelled" || status === "timed_out";
  return wasEndedEarly && signal === "" && started_at !== null && PROGRAMS.has(type) ? 0 : null;
}

function sentenceOf(text: string): string {
  return cutMiddle(text, MOST_SENTENCE_BYTES).text;
}

function countOf(number: number): number {
  return Number.isFinite(number) ? Math.min(Math.max(0, Math.round(number)), Number.MAX_SAFE_INTEGER) : 0;
}

function fault(field: string, what: string): ParleyError {
  return new ParleyError("invalid_message", `Field '${field}': ${what}`);
}
