/** The subtasks of a task: they end with it, unless it was completed. */
import type { Principal } from "../../shared/model/principal.ts";
import type { TaskRecord } from "../../shared/model/task.ts";
import type { Subtask, TaskStore } from "../../shared/store/store.ts";
import type { Ledger } from "./ledger.ts";
import type { UntilKept } from "./until_kept.ts";

const OPEN = ["pending", "assigned", "in_progress"] as const;

export interface ChildrenOptions {
  store: Pick<TaskStore, "ids" | "outliving">;
  server: Principal;
  ledger: Pick<Ledger, "find" | "happen">;
  untilKept: UntilKept;
}

export class Children {
  constructor(private readonly options: ChildrenOptions) {}

  /** Cancels the subtasks of a task that has ended; tried until that is kept. */
  endWith({ task_id: parentId }: TaskRecord): void {
    void this.options.untilKept.run(`children of ${parentId}`, async () => {
      for await (const taskId of this.#openOf(parentId)) {
        this.#cancel(taskId, () => this.#end({ taskId, parentId }));
      }
    });
  }

  /** Cancels those that a server which ended meanwhile has left; tried until that is kept. */
  endOutliving(): void {
    const { store, server, untilKept } = this.options;
    let after = 0;
    void untilKept.run("subtasks of what has ended", async () => {
      for (let page = await store.outliving(server, after); page.length > 0;) {
        for (const left of page) this.#cancel(left.taskId, () => this.#endUnlessWanted(left));
        after = page.at(-1)!.position;
        page = await store.outliving(server, after);
      }
    });
  }

  #cancel(taskId: string, end: () => Promise<void>): void {
    void this.options.untilKept.run(`${taskId} cancelled`, end);
  }

  /** One that somebody has had tried again may have been wanted though its parent had ended. */
  async #endUnlessWanted(subtask: Subtask): Promise<void> {
    const { task } = await this.options.ledger.find(subtask.taskId);
    if (task.forgiven_attempts === 0) await this.#end(subtask);
  }

  async #end({ taskId, parentId }: Subtask): Promise<void> {
    const by = `The end of its parent ${parentId}`;
    await this.options.ledger.happen(taskId, { kind: "cancelled", by });
  }

  async *#openOf(parentId: string): AsyncGenerator<string> {
    const { store, server } = this.options;
    let cursor: string | undefined;
    do {
      const page = await store.ids(server, {
        parentId,
        statuses: OPEN,
        limit: 100,
        ...(cursor ? { cursor } : {}),
      });
      yield* page.items;
      cursor = page.next_cursor ?? undefined;
    } while (cursor);
  }
}
