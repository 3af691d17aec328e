/** Changes of many tasks in few writes: what is decided in one turn of the event loop goes together. */
import { setImmediate } from "node:timers";
import type { Principal } from "../../shared/model/principal.ts";
import { isTaskEnded } from "../../shared/model/task.ts";
import type { TaskChange, TaskStore } from "../../shared/store/store.ts";

/** So many changes share a write at most. */
const MOST_TOGETHER = 100;

interface Waiting {
  change: TaskChange;
  resolve: (isChanged: boolean) => void;
  reject: (reason: unknown) => void;
}

export class ChangeWriter {
  readonly #store: TaskStore;
  readonly #server: Principal;
  #waiting: Waiting[] = [];

  constructor(store: TaskStore, server: Principal) {
    this.#store = store;
    this.#server = server;
  }

  /** Resolves to whether the task was changed, once that is kept; false: it was another version by then. */
  write(change: TaskChange): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ change, resolve, reject });
      if (this.#waiting.length === 1) setImmediate(() => this.#flush());
    });
  }

  /** What has to outlast a loss of power keeps nothing else waiting. */
  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    const lasting = waiting.filter(mustLast);
    const others = lasting.length > 0 ? waiting.filter((each) => !mustLast(each)) : waiting;
    for (const together of [...chunksOf(lasting), ...chunksOf(others)]) void this.#write(together);
  }

  async #write(together: readonly Waiting[]): Promise<void> {
    try {
      const done = await this.#store.change(this.#server, together.map(({ change }) => change));
      for (const [index, { resolve }] of together.entries()) resolve(done[index] ?? false);
    } catch (error) {
      for (const { reject } of together) reject(error);
    }
  }
}

function mustLast({ change: { task, letter } }: Waiting): boolean {
  return letter !== undefined || isTaskEnded(task.status);
}

function* chunksOf<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += MOST_TOGETHER) yield all.slice(from, from + MOST_TOGETHER);
}
