/** A task that has failed, as a dead letter: what was asked for, and why it was given up. */
import type { DeadLetter } from "../../shared/model/dead_letter.ts";
import { timestamp } from "../../shared/model/message.ts";
import type { TaskRecord } from "../../shared/model/task.ts";

/** Where dead letters say that they are tasks; replaying one has its task tried again. */
export const TASKS_QUEUE = "tasks";

export function letterOf(task: TaskRecord): DeadLetter {
  return {
    id: task.task_id,
    queue: TASKS_QUEUE,
    body: JSON.stringify(requestOf(task)),
    code: task.code ?? "internal",
    reason: task.error ?? "It failed.",
    at: task.ended_at ?? timestamp(),
  };
}

/** Writes a task as the `TASK_REQUEST` that asks for it. */
export function requestOf(task: TaskRecord): Record<string, unknown> {
  const { task_id, task_type, description, parameters, required_capabilities, priority, deadline } = task;
  const { preferred_agent, parent_task_id, timeout_s, requested_by: sender_id } = task;
  return {
    message_type: "TASK_REQUEST",
    message_id: `${task_id}:${task.attempt}`,
    sender_id,
    task_id,
    task_type,
    description,
    parameters,
    required_capabilities,
    priority,
    deadline,
    preferred_agent,
    parent_task_id,
    timeout_s,
  };
}
