/** What may happen to a task and what becomes of it then: one pure decision, whoever tells it and wherever it is kept. */
import { type ErrorCode, ParleyError } from "../error.ts";
import { timestamp } from "../model/message.ts";
import {
  type AttemptOutcome,
  type EndedTaskStatus,
  isTaskEnded,
  isTaskHeld,
  type TaskAttempt,
  type TaskRecord,
} from "../model/task.ts";

/** How often the agent of a task may be lost before the task has failed: it may be what ends them. */
export const MOST_LOST = 10;

/** Whose word it is, and of which attempt; without one it counts only from whoever has the task. */
export interface Speaker {
  agentId: string;
  attempt?: number | undefined;
}

export type TaskEvent =
  /** An agent was chosen for it. */
  | { kind: "assigned"; agentId: string }
  | { kind: "started"; by: Speaker }
  | { kind: "progressed"; by: Speaker; progress?: number; note?: string; partial?: unknown }
  | { kind: "completed"; by: Speaker; result: unknown }
  /** `isFinal`: another attempt would end the same way. */
  | { kind: "failed"; by: Speaker; error: string; code?: ErrorCode; isFinal?: boolean }
  /** The agent that has it gives it back, for another to have at once. */
  | { kind: "returned"; by: Speaker; reason: string }
  /** The agent that had it is gone; `attempt`: counts only while that attempt does. */
  | { kind: "agent_lost"; reason: string; attempt?: number }
  /** The attempt has taken as long as it may; `attempt` as above. */
  | { kind: "overdue"; attempt?: number }
  | { kind: "deadline_passed" }
  | { kind: "cancelled"; by: string }
  /** Somebody wants it tried again. */
  | { kind: "retried" };

/** What a decision depends on beside the task and the event. */
export interface Circumstances {
  nowMs: number;
  /** How long to wait after so many attempts have failed, in milliseconds. */
  pauseMs: (failures: number) => number;
}

/** The task as it is then (nothing: it stays as it is), or why this cannot happen to it. */
export type Decision = { task?: TaskRecord; refusal?: undefined } | { refusal: ParleyError };

type Kind = TaskEvent["kind"];
type Rule<K extends Kind> = (
  task: TaskRecord,
  event: Extract<TaskEvent, { kind: K }>,
  circumstances: Circumstances,
) => Decision;

const RULES: { [K in Kind]: Rule<K> } = {
  assigned: (task, { agentId }, { nowMs }) => {
    if (task.status !== "pending") return refuse("conflict", `${nameOf(task)} is '${task.status}' already.`);
    const attempt: TaskAttempt = {
      attempt: task.attempt + 1,
      agent_id: agentId,
      started_at: timestamp(nowMs),
      ended_at: null,
      outcome: null,
      error: null,
    };
    return changed(task, nowMs, {
      status: "assigned",
      agent_id: agentId,
      attempt: attempt.attempt,
      attempts: [...task.attempts, attempt],
      progress: 0,
      progress_note: null,
      not_before: null,
    });
  },
  started: (task, { by }, { nowMs }) =>
    fromHolder(task, by) ??
      (task.status === "in_progress" ? {} : changed(task, nowMs, { status: "in_progress" })),
  progressed: (task, { by, progress = task.progress, note, partial }, { nowMs }) => {
    if (!(progress >= 0 && progress <= 1)) {
      return refuse("invalid_message", "Field 'progress': allowed is 0 to 1.");
    }
    return fromHolder(task, by) ?? changed(task, nowMs, {
      status: "in_progress",
      progress,
      progress_note: note ?? task.progress_note,
      result: partial === undefined ? task.result : partial,
    });
  },
  completed: (task, { by, result }, { nowMs }) =>
    // What an agent did that was taken for gone counts as long as no other has the task.
    fromHolder(task, by, { mayBeLost: true, repeats: "completed" }) ??
      ended(task, nowMs, { status: "completed", outcome: "completed", progress: 1, result, error: null }),
  failed: (task, { by, error, code = "internal", isFinal = false }, circumstances) =>
    fromHolder(task, by, { repeats: "failed" }) ??
      afterFailure(task, { outcome: "failed", error, code, isFinal }, circumstances),
  returned: (task, { by, reason }, circumstances) =>
    fromHolder(task, by, { repeats: "lost" }) ??
      afterFailure(
        task,
        { outcome: "lost", error: reason, code: "agent_offline", pauses: true },
        circumstances,
      ),
  agent_lost: (task, { reason, attempt = task.attempt }, circumstances) =>
    isHeld(task) && attempt === task.attempt
      ? afterFailure(task, { outcome: "lost", error: reason, code: "agent_offline" }, circumstances)
      : {},
  overdue: (task, { attempt = task.attempt }, circumstances) => {
    if (!isHeld(task) || attempt !== task.attempt) return {};
    const error = `The attempt took longer than ${task.timeout_s} s.`;
    return afterFailure(task, { outcome: "timed_out", error, code: "timeout" }, circumstances);
  },
  deadline_passed: (task, _event, { nowMs }) =>
    isTaskEnded(task.status) ? {} : ended(task, nowMs, {
      status: "timed_out",
      outcome: "timed_out",
      code: "timeout",
      error: `It was not completed by its deadline, ${task.deadline}.`,
    }),
  cancelled: (task, { by }, { nowMs }) => {
    if (task.status === "cancelled") return {};
    if (isTaskEnded(task.status)) return refuse("conflict", `${nameOf(task)} is '${task.status}' already.`);
    const error = `${by} cancelled it.`;
    return ended(task, nowMs, { status: "cancelled", outcome: "cancelled", code: "cancelled", error });
  },
  retried: (task, _event, { nowMs }) => {
    if (!isTaskEnded(task.status) || task.status === "completed") {
      return refuse(
        "conflict",
        `${nameOf(task)} is '${task.status}'. Only what failed, timed out or was cancelled is retried.`,
      );
    }
    const isLate = task.deadline !== null && Date.parse(task.deadline) <= nowMs;
    return changed(task, nowMs, {
      status: "pending",
      agent_id: null,
      progress: 0,
      progress_note: null,
      result: null,
      error: null,
      code: null,
      not_before: null,
      ended_at: null,
      // One that is over would end it at once.
      deadline: isLate ? null : task.deadline,
      forgiven_attempts: task.attempts.length,
    });
  },
};

/**
 * Decides what becomes of `task` by `event`. Word of an attempt that is over, or of an agent that never had it, is
 * refused; the same end told twice changes nothing.
 */
export function decide(task: TaskRecord, event: TaskEvent, circumstances: Circumstances): Decision {
  const rule = RULES[event.kind] as Rule<Kind>;
  return rule(task, event, circumstances);
}

/** Tells whether an agent has the task now. */
export function isHeld({ status }: TaskRecord): boolean {
  return isTaskHeld(status);
}

/** Gives the refusal where what `by` says does not count, or no change where it was said before; undefined: it counts. */
function fromHolder(
  task: TaskRecord,
  { agentId, attempt = task.attempt }: Speaker,
  { mayBeLost = false, repeats }: { mayBeLost?: boolean; repeats?: AttemptOutcome } = {},
): Decision | undefined {
  const theirs = task.attempts.find((each) => each.attempt === attempt);
  if (theirs?.agent_id !== agentId) {
    return refuse(
      "forbidden",
      `${agentId} does not have the task ${task.task_id}${theirs ? "" : ` as attempt ${attempt}`}.`,
    );
  }
  if (theirs.outcome !== null && theirs.outcome === repeats) return {};
  if (attempt !== task.attempt) {
    return refuse(
      "conflict",
      `Attempt ${attempt} of the task ${task.task_id} is over; attempt ${task.attempt} counts.`,
    );
  }
  if (isHeld(task)) return undefined;
  if (mayBeLost && task.status === "pending" && theirs.outcome === "lost") return undefined;
  return refuse(
    "conflict",
    `${nameOf(task)} is '${task.status}'; what attempt ${attempt} says does not count.`,
  );
}

interface Failure {
  outcome: AttemptOutcome;
  error: string;
  code: ErrorCode;
  isFinal?: boolean;
  /** Whether others wait, too, before they get it, from the second time on: nobody may want it. */
  pauses?: boolean;
}

/** Gives the task back for another attempt, or ends it where there is none. */
function afterFailure(
  task: TaskRecord,
  { outcome, error, code, isFinal = false, pauses = outcome !== "lost" }: Failure,
  { nowMs, pauseMs }: Circumstances,
): Decision {
  const attempts = withOutcome(task, nowMs, { outcome, error });
  const counted = attempts.slice(task.forgiven_attempts);
  const lost = counted.filter((attempt) => attempt.outcome === "lost").length;
  const failures = counted.length - lost;
  if (isFinal || failures > task.max_retries || lost > MOST_LOST) {
    return ended(task, nowMs, { status: "failed", outcome, error, code });
  }
  // Who lost their agent go to another at once.
  const before = outcome === "lost" ? lost - 1 : failures;
  const not_before = pauses && before > 0 ? timestamp(nowMs + pauseMs(before)) : null;
  return changed(task, nowMs, { status: "pending", agent_id: null, attempts, error, code, not_before });
}

function ended(
  task: TaskRecord,
  nowMs: number,
  { outcome, error, code = null, ...rest }: Partial<TaskRecord> & {
    status: EndedTaskStatus;
    outcome: AttemptOutcome;
    error: string | null;
  },
): Decision {
  const attempts = withOutcome(task, nowMs, { outcome, error });
  // One whose agent was taken for gone has it again by what it did.
  const agent_id = outcome === "completed" ? attempts.at(-1)!.agent_id : task.agent_id;
  const ended_at = timestamp(nowMs);
  return changed(task, nowMs, { ...rest, agent_id, attempts, error, code, not_before: null, ended_at });
}

/** Ends the last attempt, where it has not ended or its agent was only taken for gone. */
function withOutcome(
  { attempts, status }: TaskRecord,
  nowMs: number,
  { outcome, error }: { outcome: AttemptOutcome; error: string | null },
): TaskAttempt[] {
  const last = attempts.at(-1);
  const isOpen = last && (last.outcome === null || (outcome === "completed" && status === "pending"));
  if (!isOpen) return attempts;
  return [...attempts.slice(0, -1), { ...last, outcome, error, ended_at: timestamp(nowMs) }];
}

function changed(task: TaskRecord, nowMs: number, change: Partial<TaskRecord>): Decision {
  return { task: { ...task, ...change, updated_at: timestamp(nowMs) } };
}

function refuse(code: ErrorCode, sentence: string): Decision {
  return { refusal: new ParleyError(code, sentence) };
}

/** Begins a sentence. */
function nameOf({ task_id }: TaskRecord): string {
  return `The task ${task_id}`;
}
