/** What may happen to a command and what becomes of it then: one pure decision, whoever tells it and wherever it is kept. */
import { type ErrorCode, ParleyError } from "../../shared/error.ts";
import { type CommandRecord, type CommandStatus, type EndedStatus } from "../../shared/model/command.ts";
import { timestamp } from "../../shared/model/message.ts";
import type { CommandChange } from "../../shared/store/store.ts";
import { secondsOf, UNKNOWN } from "./sentences.ts";

/** How a command ended, as its agent says it. */
export interface CommandOutcome {
  status: EndedStatus;
  code: ErrorCode | null;
  exit_code: number | null;
  output: string;
  truncated_bytes: number;
  error_message: string | null;
  signal: string | null;
  execution_time_ms: number;
}

export type CommandEvent =
  /** It is about to be written to its agent. */
  | { kind: "sent" }
  /** It could not be written after all. */
  | { kind: "not_sent" }
  | { kind: "started"; description: string }
  | { kind: "approval_needed"; digest: string; description: string; expiresInS: number }
  | { kind: "approved"; digest?: string | undefined }
  | { kind: "denied"; digest?: string | undefined; by: string }
  | { kind: "cancel_asked"; by: string }
  | { kind: "result"; outcome: CommandOutcome }
  /** Its time is over: to be sent, to be approved, or to end. */
  | { kind: "overdue" }
  /** The agent is gone for too long. */
  | { kind: "agent_lost" }
  /** The agent came back and does not know it. */
  | { kind: "agent_forgot" }
  /** The server came back, and had not sent it. */
  | { kind: "server_came_back" };

/** What the agent is told: to run it, to end it, or what a person said of it. */
export type Telling = { run: true } | { cancel: true } | { approved: string } | { denied: string };

/** What becomes of the command (nothing: it stays as it is), or why this cannot happen to it. */
export type Decision =
  | { change?: CommandChange; tell?: Telling; refusal?: undefined }
  | { refusal: ParleyError };

type Kind = CommandEvent["kind"];
type Rule<K extends Kind> = (
  command: CommandRecord,
  event: Extract<CommandEvent, { kind: K }>,
  nowMs: number,
) => Decision;

/** In which statuses something may happen; a result also comes late. */
const FROM: Readonly<Record<Kind, readonly CommandStatus[]>> = {
  sent: ["waiting"],
  not_sent: ["running"],
  started: ["running", "awaiting_approval"],
  approval_needed: ["running", "awaiting_approval"],
  approved: ["awaiting_approval"],
  denied: ["awaiting_approval"],
  cancel_asked: ["waiting", "awaiting_approval", "running"],
  result: ["running", "awaiting_approval"],
  overdue: ["waiting", "awaiting_approval", "running"],
  agent_lost: ["running"],
  agent_forgot: ["running", "awaiting_approval"],
  server_came_back: ["waiting"],
};

const RULES: { [K in Kind]: Rule<K> } = {
  sent: (_command, _event, nowMs) => ({
    change: { status: "running", sent_at: timestamp(nowMs) },
    tell: { run: true },
  }),
  not_sent: (command, _event, nowMs) =>
    command.if_offline === "wait"
      ? { change: { status: "waiting", sent_at: null } }
      : { change: { ...ended("failed", "agent_offline", nowMs, UNKNOWN.neverSent), sent_at: null } },
  // An agent that comes back says again what has begun.
  started: (command, { description }, nowMs) =>
    command.started_at ? {} : {
      change: { status: "running", started_at: timestamp(nowMs), description, approval: null },
    },
  approval_needed: (command, { digest, description, expiresInS }, nowMs) => {
    if (command.started_at) return refuse("conflict", `The command ${command.command_id} runs already.`);
    const approval = { digest, description, expires_at: timestamp(nowMs + expiresInS * 1000) };
    return { change: { status: "awaiting_approval", description, approval } };
  },
  approved: (command, { digest }, nowMs) => {
    const fault = faultOf(command, digest);
    if (fault) return fault;
    const { approval } = command;
    if (Date.parse(approval!.expires_at) <= nowMs) {
      return refuse("conflict", "The time to approve this command is over. Send it again.");
    }
    // It is sent once more: from now on it may take its time.
    const change = { status: "running", approval: null, sent_at: timestamp(nowMs) } as const;
    return { change, tell: { approved: approval!.digest } };
  },
  denied: (command, { digest, by }, nowMs) =>
    faultOf(command, digest) ?? {
      change: ended("cancelled", "forbidden", nowMs, `It was denied by ${by}, and did not run.`),
      tell: { denied: command.approval!.digest },
    },
  cancel_asked: (command, { by }, nowMs) =>
    command.status === "waiting"
      ? { change: ended("cancelled", "cancelled", nowMs, `It was cancelled by ${by} before it was sent.`) }
      : { tell: { cancel: true } },
  result: (_command, { outcome }, nowMs) => ({
    change: { ...outcome, approval: null, ended_at: timestamp(nowMs) },
  }),
  overdue: (command, _event, nowMs) => {
    if (command.status === "waiting") {
      return { change: ended("failed", "agent_offline", nowMs, UNKNOWN.notWithinADay) };
    }
    if (command.status === "awaiting_approval") {
      return { change: ended("failed", "timeout", nowMs, UNKNOWN.notApproved), tell: { cancel: true } };
    }
    const sentence = `No result came, though it may take ${secondsOf(command.timeout_s)}. ${ran(command)}`;
    return { change: ended("timed_out", "timeout", nowMs, sentence), tell: { cancel: true } };
  },
  agent_lost: (command, _event, nowMs) => ({
    change: ended("failed", "agent_offline", nowMs, `${UNKNOWN.agentLost} ${ran(command)}`),
  }),
  agent_forgot: (command, _event, nowMs) => {
    const sentence = command.status === "awaiting_approval"
      ? UNKNOWN.forgotBeforeApproval
      : `${UNKNOWN.agentForgot} ${ran(command)}`;
    return { change: ended("failed", "unavailable", nowMs, sentence) };
  },
  server_came_back: (command, _event, nowMs) =>
    command.if_offline === "wait"
      ? {}
      : { change: ended("failed", "unavailable", nowMs, UNKNOWN.serverStopped) },
};

/** Decides what `event` makes of `command`. Nothing is ended twice; a late result takes the place of a supposition alone. */
export function decide(command: CommandRecord, event: CommandEvent, nowMs: number): Decision {
  if (!isPossible(command, event.kind)) return impossible(command, event.kind);
  const rule = RULES[event.kind] as Rule<Kind>;
  return rule(command, event as Extract<CommandEvent, { kind: Kind }>, nowMs);
}

/**
 * Tells whether a command ended without its agent's word, after it was sent: then the agent's word still counts. A
 * result always says how long it took, and only a result does.
 */
export function isSupposed(command: CommandRecord): boolean {
  return command.ended_at !== null && command.sent_at !== null && command.execution_time_ms === null;
}

function isPossible(command: CommandRecord, kind: Kind): boolean {
  return FROM[kind].includes(command.status) || (kind === "result" && isSupposed(command));
}

function impossible({ command_id, status, sent_at }: CommandRecord, kind: Kind): Decision {
  if (kind === "result" && sent_at === null) {
    return refuse("not_found", `The command ${command_id} was never sent.`);
  }
  if (kind === "result") return refuse("conflict", `The result of ${command_id} has been reported already.`);
  if (kind === "approved" || kind === "denied") {
    return refuse("conflict", `The command ${command_id} waits for no approval: it is '${status}'.`);
  }
  return refuse("conflict", `The command ${command_id} is '${status}' already.`);
}

/** An approval is for one thing exactly. */
function faultOf({ approval }: CommandRecord, digest: string | undefined): Decision | undefined {
  if (digest === undefined || digest === approval?.digest) return undefined;
  return refuse("conflict", "What waits for approval is not what this digest names. Look at it again.");
}

function ended(status: EndedStatus, code: ErrorCode, nowMs: number, error_message: string): CommandChange {
  return { status, code, error_message, approval: null, ended_at: timestamp(nowMs) };
}

function ran({ started_at }: CommandRecord): string {
  return started_at ? UNKNOWN.howItEnded : UNKNOWN.whetherItRan;
}

function refuse(code: ErrorCode, sentence: string): Decision {
  return { refusal: new ParleyError(code, sentence) };
}
