/** The figures of one supervisor, under the names that the documents give them. */
import type { TaskFigures } from "./backend.ts";
import type { MessageQueueStats } from "./message_queue_manager.ts";
import type { RegistryStats } from "./registry_stats.ts";

export interface CoordinationStats {
  supervisor_id: string;
  /** Assignments; a task that is given to another agent counts again. */
  tasks_assigned: number;
  tasks_reassigned: number;
  tasks_completed: number;
  tasks_failed: number;
  tasks_cancelled: number;
  tasks_timed_out: number;
  /** Accepted, and with nobody yet. */
  waiting_tasks: number;
  /** With an agent now. */
  active_tasks: number;
  /** Of the tasks that have ended, the part that was completed, 0 to 1; 0 when none has. */
  completion_rate: number;
  /** From acceptance to the end, in milliseconds. */
  average_duration_ms: number;
  /** Answers of agents that had lost the task. */
  late_answers: number;
  registry: RegistryStats;
  queue: MessageQueueStats;
}

/** Puts together the figures of a supervisor. */
export function coordinationStatsOf(
  supervisorId: string,
  tasks: TaskFigures,
  { registry, queue }: Pick<CoordinationStats, "registry" | "queue">,
): CoordinationStats {
  const ended = tasks.completed + tasks.failed + tasks.cancelled + tasks.timedOut;
  return {
    supervisor_id: supervisorId,
    tasks_assigned: tasks.assigned,
    tasks_reassigned: tasks.reassigned,
    tasks_completed: tasks.completed,
    tasks_failed: tasks.failed,
    tasks_cancelled: tasks.cancelled,
    tasks_timed_out: tasks.timedOut,
    waiting_tasks: tasks.waiting,
    active_tasks: tasks.active,
    completion_rate: ended === 0 ? 0 : tasks.completed / ended,
    average_duration_ms: Math.round(tasks.averageDurationMs),
    late_answers: tasks.refused,
    registry,
    queue,
  };
}
