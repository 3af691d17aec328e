/** What is logged of a task each time something has happened to it: in one place, whoever keeps tasks. */
import { isTaskEnded, type TaskRecord } from "../model/task.ts";
import type { FileLogger } from "./file_logger.ts";

/**
 * Logs how a task is now, where that is logged at all; when it has ended, also how long its last attempt took and, unless
 * it was completed or cancelled, the error. What it is about, and its result, are left out: they may hold secrets.
 */
export function logTaskChange(logger: FileLogger | undefined, task: TaskRecord): void {
  if (!logger) return;
  const durationMs = isTaskEnded(task.status) ? lastAttemptMs(task) : undefined;
  logger.logTask(task.task_id, task.agent_id, taskEventOf(task), dataOf(task, durationMs));
  if (task.agent_id !== null && durationMs !== undefined) {
    logger.logPerformanceMetric(task.agent_id, "task_time", durationMs, "ms");
  }
  if (task.status !== "failed" && task.status !== "timed_out") return;
  const { agent_id, code, error, task_id } = task;
  logger.logError(agent_id ?? "", code ?? task.status, error ?? "The task has failed.", { task_id });
}

/** Names what has happened to a task by how it is now. */
export function taskEventOf(
  { status, attempt, progress }: Pick<TaskRecord, "status" | "attempt" | "progress">,
): string {
  if (status === "pending") return attempt === 0 ? "created" : "retrying";
  return status === "in_progress" && progress > 0 ? "progress" : status;
}

function dataOf(task: TaskRecord, durationMs: number | undefined): object {
  const { task_type, attempt, priority, requested_by, parent_task_id, progress, code, error } = task;
  const isOver = isTaskEnded(task.status);
  return {
    task_type,
    attempt,
    priority,
    requested_by,
    parent_task_id: parent_task_id ?? undefined,
    progress: progress > 0 ? progress : undefined,
    duration_ms: durationMs,
    success: isOver ? task.status === "completed" : undefined,
    code: code ?? undefined,
    error: error ?? undefined,
  };
}

/** Gives how long the last attempt took; undefined where there was none, or its end is not known. */
function lastAttemptMs({ attempts }: TaskRecord): number | undefined {
  const { started_at, ended_at } = attempts.at(-1) ?? {};
  return started_at && ended_at ? Date.parse(ended_at) - Date.parse(started_at) : undefined;
}
