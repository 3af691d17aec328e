/** What is done with many tasks, as signals: those that are looked for, and what is being done with the chosen ones. */
import { type Signal, signal } from "@preact/signals";
import { ask } from "../live/api.ts";
import { Bulk } from "../live/bulk.ts";
import { walk } from "../live/walk.ts";
import { listPath, type TaskFilter } from "./filter.ts";
import { chosen, only } from "./selection.ts";
import type { TaskItem } from "./task_item.ts";
import type { TaskList } from "./task_list.ts";

export type BulkAction = "retry" | "cancel";

/** Something that is being done, or was. */
export interface Work {
  what: BulkAction;
  bulk: Bulk;
}

/** What the server gives at once, at most. */
const WALK_SIZE = 100;

export class BulkDesk {
  readonly work: Signal<Work | undefined> = signal();
  readonly isGathering = signal(false);
  #stopping = new AbortController();

  constructor(private readonly list: TaskList) {}

  /** Chooses all that the filter lets through, on whichever page; stopped, what was found by then. Throws `ApiError`. */
  async gather(filter: TaskFilter): Promise<void> {
    const { signal } = this.#stopping = new AbortController();
    const { selection } = this.list;
    this.isGathering.value = true;
    try {
      for await (
        const tasks of walk<TaskItem>((cursor) => listPath(filter, { cursor, limit: WALK_SIZE }), { signal })
      ) {
        selection.value = chosen(selection.value, tasks, true);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.isGathering.value = false;
    }
  }

  /** Looks for no more of them. */
  stopGathering(): void {
    this.#stopping.abort();
  }

  /** Does `what` to each of `ids`. What nobody came to, since it was stopped, stays chosen. */
  async act(what: BulkAction, ids: readonly string[]): Promise<void> {
    const left = new Set(ids);
    const bulk = new Bulk({ act: (id) => this.#change(what, id), onDone: (id) => left.delete(id) });
    this.work.value = { what, bulk };
    await bulk.run(ids);
    const isWhole = bulk.progress.value.state === "ended";
    this.list.selection.value = only(this.list.selection.value, isWhole ? new Set() : left);
  }

  async #change(what: BulkAction, id: string): Promise<void> {
    const path = `/api/tasks/${encodeURIComponent(id)}/${what}`;
    this.list.take([await ask<TaskItem>(path, { method: "POST" })]);
  }
}
