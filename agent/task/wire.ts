/** Tasks as gRPC says them, for those who ask: what is empty there is null here, as over HTTP. */
import { isErrorCode } from "../../shared/error.ts";
import type { NewTask as WireNewTask, Task as WireTask } from "../../shared/grpc/gen/task.ts";
import type { AttemptOutcome, TaskRecord, TaskStatus } from "../../shared/model/task.ts";
import type { Subtask } from "./context.ts";

/** What is asked for. */
export type TaskRequested = Subtask & { task_id?: string; parent_task_id?: string };

/** A task as it is shown. */
export type ShownTask = Omit<TaskRecord, "forgiven_attempts"> & {
  /** Fields that are not shown here for their length. */
  left_out?: string[] | undefined;
  /** Why nobody has it yet. */
  waiting_reason: string | null;
};

export function toWire(asked: TaskRequested): WireNewTask {
  return {
    taskId: asked.task_id ?? "",
    taskType: asked.task_type,
    description: asked.description ?? "",
    parametersJson: asked.parameters === undefined ? "" : JSON.stringify(asked.parameters),
    requiredCapabilities: asked.required_capabilities ?? [],
    priority: asked.priority ?? 0,
    deadline: asked.deadline ?? "",
    preferredAgent: asked.preferred_agent ?? "",
    parentTaskId: asked.parent_task_id ?? "",
    idempotencyKey: asked.idempotency_key ?? "",
    timeoutS: asked.timeout_s ?? 0,
    maxRetries: asked.max_retries,
  };
}

export function toShown(task: WireTask): ShownTask {
  return {
    task_id: task.taskId,
    task_type: task.taskType,
    description: task.description,
    parameters: JSON.parse(task.parametersJson || "{}"),
    required_capabilities: task.requiredCapabilities,
    priority: task.priority,
    status: task.status as TaskStatus,
    agent_id: task.agentId || null,
    attempt: task.attempt,
    progress: task.progress,
    progress_note: task.progressNote || null,
    result: task.resultJson ? JSON.parse(task.resultJson) : null,
    error: task.error || null,
    code: isErrorCode(task.code) ? task.code : null,
    attempts: task.attempts.map((each) => ({
      attempt: each.attempt,
      agent_id: each.agentId,
      started_at: each.startedAt,
      ended_at: each.endedAt || null,
      outcome: (each.outcome || null) as AttemptOutcome | null,
      error: each.error || null,
    })),
    parent_task_id: task.parentTaskId || null,
    deadline: task.deadline || null,
    preferred_agent: task.preferredAgent || null,
    idempotency_key: task.idempotencyKey || null,
    timeout_s: task.timeoutS || null,
    max_retries: task.maxRetries,
    not_before: task.notBefore || null,
    created_at: task.createdAt,
    updated_at: task.updatedAt,
    ended_at: task.endedAt || null,
    requested_by: task.requestedBy,
    left_out: task.leftOut.length > 0 ? task.leftOut : undefined,
    waiting_reason: task.waitingReason || null,
  };
}
