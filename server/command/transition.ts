/** What may happen to a command and what becomes of it then: one pure decision, whoever tells it and wherever it is kept. */
import { type ErrorCode, ParleyError } from "../../shared/error.ts";
import {
  type CommandRecord,
  type CommandStatus,
  type EndedStatus,
  isEnded,
} from "../../shared/model/command.ts";
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
  /** What it asks to have approved cannot be shown to anybody. */
  | { kind: "approval_unfit"; sentence: string }
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
  /** The agent came back and says that it has it. */
  | { kind: "agent_has" }
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

/** In which statuses something may happen; some also after an end that is not its agent's word. */
const FROM: Readonly<Record<Kind, readonly CommandStatus[]>> = {
  sent: ["waiting"],
  not_sent: ["running"],
  started: ["running", "awaiting_approval"],
  approval_needed: ["running", "awaiting_approval"],
  approval_unfit: ["running", "awaiting_approval"],
  approved: ["awaiting_approval"],
  denied: ["awaiting_approval"],
  cancel_asked: ["waiting", "awaiting_approval", "running"],
  result: ["running", "awaiting_approval"],
  overdue: ["waiting", "awaiting_approval", "running"],
  agent_lost: ["running"],
  agent_forgot: ["running", "awaiting_approval"],
  agent_has: ["running", "awaiting_approval"],
  server_came_back: ["waiting"],
};

/** What may happen after an end that is supposed, and after one that a person or the server decided. */
const AFTER_SUPPOSITION: readonly Kind[] = ["result", "agent_has", "cancel_asked"];
const AFTER_DECISION: readonly Kind[] = ["result", "agent_has"];

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
  approval_unfit: (_command, { sentence }, nowMs) => ({
    change: ended("failed", "invalid_message", nowMs, `${sentence} It did not run.`),
    tell: { cancel: true },
  }),
  approved: (command, { digest }, nowMs) => {
    if (digest === undefined) return refuse("invalid_message", DIGEST_NEEDED);
    const fault = faultOf(command, digest);
    if (fault) return fault;
    const { approval, cancel_asked_at, cancel_asked_by } = command;
    if (cancel_asked_at) {
      return refuse("conflict", `${command.command_id} is being cancelled, as ${cancel_asked_by} asked.`);
    }
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
  cancel_asked: (command, { by }, nowMs) => {
    const asked = { cancel_asked_at: timestamp(nowMs), cancel_asked_by: by };
    if (command.status === "waiting") {
      const sentence = `It was cancelled by ${by} before it was sent.`;
      return { change: { ...ended("cancelled", "cancelled", nowMs, sentence), ...asked } };
    }
    return { ...(command.cancel_asked_at ? {} : { change: asked }), tell: { cancel: true } };
  },
  result: (command, { outcome }, nowMs) =>
    isDecided(command)
      ? { change: noted(command, outcome) }
      : { change: { ...outcome, approval: null, is_supposed: false, ended_at: timestamp(nowMs) } },
  overdue: (command, _event, nowMs) => {
    if (command.status === "waiting") {
      return { change: ended("failed", "agent_offline", nowMs, UNKNOWN.notWithinADay) };
    }
    if (command.status === "awaiting_approval") {
      return { change: supposed("failed", "timeout", nowMs, UNKNOWN.notApproved), tell: { cancel: true } };
    }
    const sentence = `No result came, though it may take ${secondsOf(command.timeout_s)}. ${ran(command)}`;
    return { change: supposed("timed_out", "timeout", nowMs, sentence), tell: { cancel: true } };
  },
  agent_lost: (command, _event, nowMs) => ({
    change: supposed("failed", "agent_offline", nowMs, `${UNKNOWN.agentLost} ${ran(command)}`),
  }),
  agent_forgot: (command, _event, nowMs) => {
    const sentence = command.status === "awaiting_approval"
      ? UNKNOWN.forgotBeforeApproval
      : `${UNKNOWN.agentForgot} ${ran(command)}`;
    return { change: supposed("failed", "unavailable", nowMs, sentence) };
  },
  agent_has: (command) => {
    // One whose time is over, or that was denied, is not to go on: its agent may not have heard of that.
    const isOver = isDecided(command) || isTimedOut(command);
    const tell: Telling | undefined = isOver || command.cancel_asked_at ? { cancel: true } : undefined;
    const change = command.is_supposed && !isOver ? { change: GOES_ON } : {};
    return { ...change, ...(tell ? { tell } : {}) };
  },
  server_came_back: (command, _event, nowMs) =>
    command.if_offline === "wait"
      ? {}
      : { change: ended("failed", "unavailable", nowMs, UNKNOWN.serverStopped) },
};

const DIGEST_NEEDED =
  "Field 'digest': send the digest of what you were shown, 'approval.digest' of the command.";

/** What was taken for lost has not ended after all. */
const GOES_ON = {
  status: "running",
  code: null,
  error_message: null,
  is_supposed: false,
  ended_at: null,
} as const;

/**
 * Decides what `event` makes of `command`. A supposed end (`is_supposed`: the agent was gone, or told no result in time)
 * gives way to what the agent says: its result counts, and what it still has goes on. A decided end stays, be it
 * denied or refused: a result that contradicts it is noted in its sentence. An end by the agent's own word is the last.
 */
export function decide(command: CommandRecord, event: CommandEvent, nowMs: number): Decision {
  if (!isPossible(command, event.kind)) return impossible(command, event.kind);
  const rule = RULES[event.kind] as Rule<Kind>;
  return rule(command, event as Extract<CommandEvent, { kind: Kind }>, nowMs);
}

/**
 * Tells whether a person or the server decided the end of a command that its agent had, and the agent has not said
 * anything to that. A result always says how long it took, and only a result does.
 */
export function isDecided(command: CommandRecord): boolean {
  const { status, is_supposed, sent_at, execution_time_ms } = command;
  return isEnded(status) && !is_supposed && sent_at !== null && execution_time_ms === null;
}

function isPossible(command: CommandRecord, kind: Kind): boolean {
  if (FROM[kind].includes(command.status)) return true;
  if (isDecided(command)) return AFTER_DECISION.includes(kind);
  // What its agent has said it does not have cannot be cancelled.
  const isForgotten = command.code === "unavailable" && kind === "cancel_asked";
  return command.is_supposed && !isForgotten && AFTER_SUPPOSITION.includes(kind);
}

function isTimedOut({ is_supposed, code }: CommandRecord): boolean {
  return is_supposed && code === "timeout";
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

function ended(status: EndedStatus, code: ErrorCode, nowMs: number, error_message: string) {
  return { status, code, error_message, approval: null, ended_at: timestamp(nowMs) };
}

function supposed(...end: Parameters<typeof ended>): CommandChange {
  return { ...ended(...end), is_supposed: true };
}

/** What an agent says of what was decided: that it did run after all is told, and changes nothing else. */
function noted({ error_message }: CommandRecord, outcome: CommandOutcome): CommandChange {
  const { status, exit_code, execution_time_ms } = outcome;
  if (status !== "succeeded" && exit_code === null) return { execution_time_ms };
  const code = exit_code === null ? "" : ` with exit code ${exit_code}`;
  const sentence = `${error_message} ${UNKNOWN.saysOtherwise} it ran and ended as '${status}'${code}.`;
  return { execution_time_ms, error_message: sentence };
}

function ran({ started_at }: CommandRecord): string {
  return started_at ? UNKNOWN.howItEnded : UNKNOWN.whetherItRan;
}

function refuse(code: ErrorCode, sentence: string): Decision {
  return { refusal: new ParleyError(code, sentence) };
}
