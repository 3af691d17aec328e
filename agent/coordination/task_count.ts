/** What has become of a supervisor's tasks, in numbers. */
import { isTaskEnded, type TaskRecord } from "../../shared/model/task.ts";
import { isHeld } from "../../shared/task/transition.ts";
import type { TaskFigures } from "./backend.ts";

/** Counts each change of a task. */
export class TaskCount {
  refused = 0;
  #assigned = 0;
  #reassigned = 0;
  #durationsMs = 0;
  readonly #ended = { completed: 0, failed: 0, cancelled: 0, timed_out: 0 };

  /** Notes that `task` has just become what it is. */
  note(task: TaskRecord): void {
    if (task.status === "assigned") {
      this.#assigned += 1;
      if (task.attempt > 1) this.#reassigned += 1;
    }
    if (!isTaskEnded(task.status)) return;
    this.#ended[task.status] += 1;
    this.#durationsMs += Date.parse(task.updated_at) - Date.parse(task.created_at);
  }

  /** Gives the figures beside the tasks that are open now. */
  figures(open: readonly TaskRecord[]): TaskFigures {
    const { completed, failed, cancelled, timed_out: timedOut } = this.#ended;
    const ended = completed + failed + cancelled + timedOut;
    return {
      assigned: this.#assigned,
      reassigned: this.#reassigned,
      refused: this.refused,
      completed,
      failed,
      cancelled,
      timedOut,
      waiting: open.filter(({ status }) => status === "pending").length,
      active: open.filter(isHeld).length,
      averageDurationMs: ended === 0 ? 0 : this.#durationsMs / ended,
    };
  }
}
