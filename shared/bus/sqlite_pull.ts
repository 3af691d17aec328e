/** Somebody who asks the SQLite bus for messages, for as long as the asking lasts. */
import type { PullOptions } from "./bus.ts";
import type { Entry, Taker } from "./local_queue.ts";

/** Collects entries for who asked: all that come in one turn, or the first that come in time. */
export class Pull implements Taker {
  /** None once it is over: what it refused would be given to it again, without an end. */
  limit: number;
  readonly mayBeUnstored = false;
  taken = 0;
  readonly #entries: Entry[] = [];
  readonly #done = Promise.withResolvers<Entry[]>();
  readonly entries = this.#done.promise;
  readonly #timer: ReturnType<typeof setTimeout>;
  #over = false;

  constructor({ limit, blockMs = 0, signal }: PullOptions, readonly refuse: (late: Entry) => void) {
    this.limit = limit;
    this.#timer = setTimeout(() => this.end(), blockMs);
    signal?.addEventListener("abort", () => this.end(), { once: true });
    if (signal?.aborted) this.end();
  }

  give(entry: Entry): void {
    if (this.#over) return this.refuse(entry);
    if (this.#entries.push(entry) === 1) queueMicrotask(() => this.end());
  }

  end(): void {
    this.#over = true;
    this.limit = 0;
    clearTimeout(this.#timer);
    this.#done.resolve(this.#entries);
  }
}
