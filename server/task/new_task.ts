/** A task as somebody asks for it: what is wrong with it, and the record that is kept of it. */
import { isDeepStrictEqual } from "node:util";
import { ParleyError } from "../../shared/error.ts";
import { isPeerId, newId } from "../../shared/model/id.ts";
import { timestamp } from "../../shared/model/message.ts";
import { type NewTask, NOTHING_DONE, type TaskRecord } from "../../shared/model/task.ts";
import { requireSmall } from "../../shared/task/limits.ts";

/** Levels of objects and lists within each other that JSON may have. */
const MOST_LEVELS = 500;

const CONTROL_CHARACTER = /\p{Cc}/u;

export interface Asked {
  /** Whose task it is. */
  requestedBy: string;
  nowMs: number;
  /** Attempts after one that failed, where nothing else is asked for. */
  maxRetries: number;
}

/**
 * Makes the record of a task that nobody has. Throws `invalid_message` naming the field at fault, also for a deadline
 * that has passed and a task that is its own parent, and `too_large` for parameters over 1 MiB.
 */
export function newRecord(asked: NewTask, { requestedBy, nowMs, maxRetries }: Asked): TaskRecord {
  const at = timestamp(nowMs);
  const task: TaskRecord = {
    ...NOTHING_DONE,
    attempts: [],
    task_id: idOf(asked.task_id, nowMs),
    task_type: wordOf("task_type", asked.task_type),
    description: asked.description,
    parameters: asked.parameters,
    required_capabilities: asked.required_capabilities.map((name) => wordOf("required_capabilities", name)),
    priority: asked.priority,
    parent_task_id: asked.parent_task_id ?? null,
    deadline: asked.deadline ?? null,
    preferred_agent: wordOrNull("preferred_agent", asked.preferred_agent),
    idempotency_key: wordOrNull("idempotency_key", asked.idempotency_key),
    timeout_s: asked.timeout_s ?? null,
    max_retries: asked.max_retries ?? maxRetries,
    created_at: at,
    updated_at: at,
    requested_by: requestedBy,
  };
  if (task.deadline !== null && Date.parse(task.deadline) <= nowMs) {
    throw fault("deadline", `${task.deadline} has passed. Give a time to come, or none.`);
  }
  if (task.parent_task_id === task.task_id) throw fault("parent_task_id", "a task cannot be its own parent.");
  requireFit("parameters", task.parameters);
  return task;
}

/** Checks that JSON fits. Throws `too_large`, and `invalid_message` for what is nested too deeply. */
export function requireFit(field: string, value: unknown): void {
  requireShallow(field, value);
  requireSmall(JSON.stringify(value) ?? "", `Field '${field}'`);
}

/** Checks that what goes through JSON level by level does not exhaust the stack. */
function requireShallow(field: string, value: unknown, depth = 0): void {
  if (typeof value !== "object" || value === null) return;
  if (depth === MOST_LEVELS) throw fault(field, `allowed are ${MOST_LEVELS} levels of JSON.`);
  for (const name in value) requireShallow(field, value[name as keyof typeof value], depth + 1);
}

/** What a task asks for, beside its ids. */
const CONTENT = [
  "task_type",
  "description",
  "parameters",
  "required_capabilities",
  "priority",
  "parent_task_id",
  "preferred_agent",
  "idempotency_key",
  "timeout_s",
  "max_retries",
  "requested_by",
] as const satisfies (keyof TaskRecord)[];

/**
 * Checks that `there` is what `asked` asks for again. Throws `conflict` when it is something else. A deadline is not
 * compared: who asks again may count it from now.
 */
export function requireSame(there: TaskRecord, asked: TaskRecord): void {
  const different = CONTENT.find((name) => !isDeepStrictEqual(there[name], asked[name]));
  if (different === undefined) return;
  const by = there.task_id === asked.task_id ? "task_id" : "idempotency_key";
  const way = `Choose another ${by}, or ask for the same.`;
  throw new ParleyError(
    "conflict",
    `Field '${by}': it is that of another task, with another '${different}'. ${way}`,
  );
}

function idOf(wanted: string | null | undefined, nowMs: number): string {
  if (wanted === null || wanted === undefined) return newId("task", nowMs);
  if (isPeerId(wanted, "task")) return wanted;
  throw fault(
    "task_id",
    "allowed are 1 to 100 of A-Z a-z 0-9 _ . : -, without the prefix of another kind.",
  );
}

function wordOf(field: string, word: string): string {
  if (CONTROL_CHARACTER.test(word)) throw fault(field, "control characters are not allowed.");
  return word;
}

function wordOrNull(field: string, word: string | null | undefined): string | null {
  return word === null || word === undefined ? null : wordOf(field, word);
}

function fault(field: string, what: string): ParleyError {
  return new ParleyError("invalid_message", `Field '${field}': ${what}`);
}
