/** The decisions about a supervisor's tasks where no server schedules them: pure, over tasks and the roster. */
import { ParleyError, retryable } from "../../shared/error.ts";
import { timestamp } from "../../shared/model/message.ts";
import { newId } from "../../shared/model/id.ts";
import { isTaskEnded, type NewTask, NOTHING_DONE, type TaskRecord } from "../../shared/model/task.ts";
import type { Needs, Worker } from "../../shared/task/choice.ts";
import { requireSmall } from "../../shared/task/limits.ts";
import { isHeld, type TaskEvent } from "../../shared/task/transition.ts";
import type { AgentMessage } from "./agent_message.ts";
import type { AgentInfo } from "./backend.ts";
import { isAvailable } from "./registry_stats.ts";
import { type TaskResponse, taskResponseOf } from "./task_message.ts";

/** After so many milliseconds of waiting a task counts as one priority higher, so that each gets its turn. */
const AGE_MS = 60_000;

/** Starts what is kept of a task. Throws `invalid_message` for a deadline that is over and for a task that is its own parent, `too_large` for parameters that are. */
export function taskOf(
  task: NewTask,
  { requestedBy, maxRetries, nowMs }: { requestedBy: string; maxRetries: number; nowMs: number },
): TaskRecord {
  if (task.deadline && Date.parse(task.deadline) <= nowMs) {
    throw new ParleyError("invalid_message", `Field 'deadline': ${task.deadline} is over.`);
  }
  if (task.task_id && task.parent_task_id === task.task_id) {
    throw new ParleyError("invalid_message", "Field 'parent_task_id': a task cannot be its own parent.");
  }
  requireTravels(task.parameters, "The parameters of a task");
  return {
    ...NOTHING_DONE,
    attempts: [],
    task_id: task.task_id ?? newId("task", nowMs),
    task_type: task.task_type,
    description: task.description,
    parameters: task.parameters,
    required_capabilities: task.required_capabilities,
    priority: task.priority,
    parent_task_id: task.parent_task_id ?? null,
    deadline: task.deadline ?? null,
    preferred_agent: task.preferred_agent ?? null,
    idempotency_key: task.idempotency_key ?? null,
    timeout_s: task.timeout_s ?? null,
    max_retries: task.max_retries ?? maxRetries,
    created_at: timestamp(nowMs),
    updated_at: timestamp(nowMs),
    requested_by: requestedBy,
  };
}

/** Checks that `value` can travel. Throws `too_large`, or `invalid_message` where it is no JSON. */
function requireTravels(value: unknown, what: string): void {
  let json: string;
  try {
    json = JSON.stringify(value) ?? "";
  } catch (cause) {
    throw new ParleyError("invalid_message", `${what} cannot be written as JSON.`, { cause });
  }
  requireSmall(json, what);
}

/** Gives the task that there is for one that asks the same by the same id or key. Throws `conflict` for any other. */
export function sameOrThrow(there: TaskRecord, task: TaskRecord): TaskRecord {
  const { idempotency_key: key, requested_by } = task;
  if (there.idempotency_key !== key || there.requested_by !== requested_by) throw taken(there);
  if (isSameRequest(there, task)) return there;
  if (!key) throw taken(there);
  throw new ParleyError("conflict", `The key '${key}' was used for another task.`);
}

/** Says why a task is refused that is there already. */
function taken(task: TaskRecord): ParleyError {
  return new ParleyError("conflict", `There is a task ${task.task_id} already.`);
}

/** Checks that a task can have subtasks. Throws `not_found` where there is none, and `conflict` where it has ended. */
export function requireOpen(parentId: string, parent: TaskRecord | undefined): void {
  const field = "Field 'parent_task_id':";
  if (!parent) {
    throw new ParleyError("not_found", `${field} there is no task '${parentId}'. Ask for it first.`);
  }
  if (!isTaskEnded(parent.status)) return;
  throw new ParleyError("conflict", `${field} the task ${parentId} is '${parent.status}' already.`);
}

/** Tells whether two tasks ask for the same, so that one key may stand for both. */
function isSameRequest(one: TaskRecord, other: TaskRecord): boolean {
  return contentOf(one) === contentOf(other);
}

function contentOf(task: TaskRecord): string {
  const { task_type, description, parameters, required_capabilities, priority, deadline } = task;
  return JSON.stringify([task_type, description, parameters, required_capabilities, priority, deadline]);
}

/** Tells what a message is to its task. A result that is too large is a failure that would come again. */
export function heardEvent(message: AgentMessage): TaskEvent {
  const response = taskResponseOf(message);
  try {
    requireTravels(response.result, "The result of a task");
    return eventOf(response);
  } catch (thrown) {
    const { code, message: errorMessage } = ParleyError.from(thrown);
    return eventOf({ ...response, status: "failed", code, errorMessage });
  }
}

/** `isFinal`: trying again would end the same way. */
function eventOf(response: TaskResponse): TaskEvent {
  const { agentId = "", attempt, status, result, progress, progressNote: note, code } = response;
  const by = { agentId, attempt };
  if (status === "completed") return { kind: "completed", by, result };
  if (status === "in_progress") {
    return {
      kind: "progressed",
      by,
      partial: result,
      ...(progress === undefined ? {} : { progress }),
      ...(note === undefined ? {} : { note }),
    };
  }
  const error = response.errorMessage ?? `The agent said '${status}'.`;
  const isFinal = code !== undefined && !retryable(code);
  return { kind: "failed", by, error, isFinal, ...(code === undefined ? {} : { code }) };
}

/** Tells which event time has brought upon `task`, if any. */
export function dueEvent(task: TaskRecord, nowMs: number): TaskEvent | undefined {
  if (deadlineMsOf(task) <= nowMs) return { kind: "deadline_passed" };
  return overdueMsOf(task) <= nowMs ? { kind: "overdue" } : undefined;
}

/** Gives when time will bring something upon `task`, in milliseconds since 1970; `Infinity`: never. */
export function nextDueMs(task: TaskRecord): number {
  const notBefore = task.not_before === null ? Infinity : Date.parse(task.not_before);
  return Math.min(deadlineMsOf(task), overdueMsOf(task), notBefore);
}

function deadlineMsOf({ deadline }: TaskRecord): number {
  return deadline === null ? Infinity : Date.parse(deadline);
}

function overdueMsOf(task: TaskRecord): number {
  const startedAt = isHeld(task) && task.timeout_s !== null ? task.attempts.at(-1)?.started_at : undefined;
  return startedAt === undefined ? Infinity : Date.parse(startedAt) + task.timeout_s! * 1_000;
}

/**
 * Tells why the agent of a held task is taken for gone, if it is: it has left, or is silent for so long that it has
 * lost its lease. Whatever it says of the task, and each sign of life, extends that.
 */
export function lossOf(
  task: TaskRecord,
  agent: AgentInfo | undefined,
  { nowMs, silentAfterMs }: { nowMs: number; silentAfterMs: number },
): string | undefined {
  if (!agent) return `${task.agent_id} is not registered any more.`;
  const heardAtMs = Math.max(Date.parse(agent.lastSeen), Date.parse(task.updated_at));
  if (nowMs - heardAtMs < silentAfterMs) return undefined;
  return `${task.agent_id} was not heard of for ${silentAfterMs / 1_000} s.`;
}

/** Gives the tasks that may be assigned now, in the order in which they get an agent. */
export function inOrder(tasks: Iterable<TaskRecord>, nowMs: number): TaskRecord[] {
  const waiting = [...tasks].filter((task) => task.status === "pending" && isDue(task, nowMs));
  return waiting.sort((one, other) =>
    levelOf(one, nowMs) - levelOf(other, nowMs) || compare(deadlineMsOf(one), deadlineMsOf(other))
  );
}

function isDue({ not_before }: TaskRecord, nowMs: number): boolean {
  return not_before === null || Date.parse(not_before) <= nowMs;
}

function levelOf({ priority, created_at }: TaskRecord, nowMs: number): number {
  return Math.max(1, priority - Math.floor((nowMs - Date.parse(created_at)) / AGE_MS));
}

/** `Infinity - Infinity` is no number. */
function compare(one: number, other: number): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

export function needsOf(task: TaskRecord): Needs {
  return { taskType: task.task_type, capabilities: [...task.required_capabilities].sort() };
}

/** Gives the agents that can be chosen. `held`: how many tasks this supervisor has given each, which may be more than it has told yet. */
export function workersOf(
  agents: readonly AgentInfo[],
  held: ReadonlyMap<string, number>,
  lastGiven: ReadonlyMap<string, number>,
): Worker[] {
  return agents.filter(isAvailable).map((agent) => ({
    agentId: agent.agentId,
    taskTypes: undefined,
    capabilities: new Set(agent.capabilities),
    maxConcurrentTasks: agent.maxConcurrentTasks,
    tasks: Math.max(agent.currentTasks, held.get(agent.agentId) ?? 0),
    lastGiven: lastGiven.get(agent.agentId) ?? 0,
  }));
}
