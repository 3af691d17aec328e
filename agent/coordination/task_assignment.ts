/** What a supervisor asks for, and what it is told of that. */
import { check } from "../../shared/model/codec.ts";
import { type NewTask, newTaskSchema } from "../../shared/model/task.ts";
import type { TaskResponse } from "./task_message.ts";
import type { MessagePriority } from "./vocabulary.ts";

export interface TaskAssignment {
  taskType: string;
  description?: string | undefined;
  parameters?: Record<string, unknown> | undefined;
  /** What the agent has to be able to do; without any, one that has the type of the task among its capabilities. */
  requiredCapabilities?: readonly string[] | undefined;
  /** Default medium. */
  priority?: MessagePriority | undefined;
  /** Until when it has to be completed. */
  deadline?: Date | string | undefined;
  /** Who gets it, should they be able to take it. */
  preferredAgent?: string | undefined;
  /** The task that this one is a part of: one that is known and has not ended. */
  parentTaskId?: string | undefined;
  /** Asking again with the same key gives the task that there is. */
  idempotencyKey?: string | undefined;
  /** How long one attempt may take, in milliseconds; default: as long as its agent is heard of. */
  timeoutMs?: number | undefined;
  /** Attempts after one that failed. */
  maxRetries?: number | undefined;
  /** Default: a new one. */
  taskId?: string | undefined;
}

/** A task that was accepted. */
export interface AssignedTask {
  readonly taskId: string;
  /**
   * Resolves with what came of it, whether it succeeded or not. While somebody waits for this, the coordinator
   * processes its messages by itself. Rejects when the coordinator is disposed of before the task has ended.
   */
  result(): Promise<TaskResponse>;
}

/** Writes an assignment in the protocol's words. Throws `invalid_message` that names the field at fault. */
export function newTaskOf(assignment: TaskAssignment): NewTask {
  const { deadline, timeoutMs } = assignment;
  return check(newTaskSchema, {
    task_id: assignment.taskId,
    task_type: assignment.taskType,
    description: assignment.description,
    parameters: assignment.parameters,
    required_capabilities: assignment.requiredCapabilities && [...assignment.requiredCapabilities],
    priority: assignment.priority,
    deadline: deadline instanceof Date ? isoOf(deadline) : deadline,
    preferred_agent: assignment.preferredAgent,
    parent_task_id: assignment.parentTaskId,
    idempotency_key: assignment.idempotencyKey,
    timeout_s: timeoutMs === undefined ? undefined : timeoutMs / 1_000,
    max_retries: assignment.maxRetries,
  });
}

/** A date that is none is left for the check to name. */
function isoOf(date: Date): string {
  return Number.isNaN(date.getTime()) ? "no date" : date.toISOString();
}
