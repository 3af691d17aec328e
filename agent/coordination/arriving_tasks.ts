/** Tasks that are being accepted: who asks for the same one meanwhile has that, since nobody knows it by then. */
import type { TaskRecord } from "../../shared/model/task.ts";

export interface ArrivingTask {
  task: TaskRecord;
  /** Resolves once it is accepted; rejects when it is not. */
  accepted: Promise<TaskRecord>;
}

export class ArrivingTasks {
  readonly #byName = new Map<string, ArrivingTask>();

  /** Finds the one that has the id or the key of `task`. */
  find(task: TaskRecord): ArrivingTask | undefined {
    for (const name of namesOf(task)) {
      const arriving = this.#byName.get(name);
      if (arriving) return arriving;
    }
  }

  /** Holds the id and the key of `task` while `accept` goes on. */
  async hold(task: TaskRecord, accept: () => Promise<TaskRecord>): Promise<TaskRecord> {
    const accepted = accept();
    for (const name of namesOf(task)) this.#byName.set(name, { task, accepted });
    try {
      return await accepted;
    } finally {
      for (const name of namesOf(task)) this.#byName.delete(name);
    }
  }
}

function namesOf({ task_id, idempotency_key }: TaskRecord): string[] {
  return [`id\n${task_id}`, ...(idempotency_key ? [`key\n${idempotency_key}`] : [])];
}
