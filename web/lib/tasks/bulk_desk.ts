/** What is done with many tasks, as signals: what is under way, how far it is, and what came of it. */
import { type Signal, signal } from "@preact/signals";
import { ask } from "../live/api.ts";
import { type BulkResult, doEach, patiently } from "./bulk.ts";
import { listPath, type TaskFilter } from "./filter.ts";
import { chosen } from "./selection.ts";
import type { TaskList } from "./task_list.ts";
import type { TaskItem } from "./task_item.ts";
import { walk } from "./walk.ts";

export type BulkAction = "retry" | "cancel";

/** `total` is not known while tasks are looked for. */
export interface Progress {
  what: BulkAction | "gather";
  done: number;
  total?: number;
}

/** What the server gives at once, at most. */
const WALK_SIZE = 100;

export class BulkDesk {
  readonly progress: Signal<Progress | undefined> = signal();
  readonly result: Signal<(BulkResult & { what: BulkAction }) | undefined> = signal();
  #stopping = new AbortController();

  constructor(private readonly list: TaskList) {}

  /** Ends what is under way after what it is at. */
  stop(): void {
    this.#stopping.abort();
  }

  /** Chooses all that the filter lets through, on whichever page; stopped, what was found by then. Throws `ApiError`. */
  async gather(filter: TaskFilter): Promise<void> {
    const { selection } = this.list;
    await this.#during({ what: "gather", done: selection.value.size }, (signal) =>
      walk({
        signal,
        read: (cursor) => ask(listPath(filter, { cursor, limit: WALK_SIZE }), { signal }),
        onPage: (items) => {
          selection.value = chosen(selection.value, items, true);
          this.progress.value = { what: "gather", done: selection.value.size };
        },
      }).catch((error) => {
        if (!signal.aborted) throw error;
      }));
  }

  /** Does `what` to each of `ids`. */
  async act(what: BulkAction, ids: readonly string[], reasonOf: (error: unknown) => string): Promise<void> {
    this.result.value = undefined;
    await this.#during({ what, done: 0, total: ids.length }, async (signal) => {
      const onProgress = (done: number) => this.progress.value = { what, done, total: ids.length };
      const result = await doEach(ids, (id) => this.#change(what, id, signal), {
        signal,
        onProgress,
        reasonOf,
      });
      this.result.value = { what, ...result };
    });
  }

  async #change(what: BulkAction, id: string, signal: AbortSignal): Promise<void> {
    const path = `/api/tasks/${encodeURIComponent(id)}/${what}`;
    this.list.take([await patiently(() => ask<TaskItem>(path, { method: "POST" }), { signal })]);
  }

  async #during(progress: Progress, work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    this.#stopping = new AbortController();
    this.progress.value = progress;
    try {
      await work(this.#stopping.signal);
    } finally {
      this.progress.value = undefined;
    }
  }
}
