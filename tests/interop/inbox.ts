// Keeps what a peer received, so that a test waits for the one thing it means and is shown the rest when it never comes.

/** Bounds every wait of these tests, in ms: far above what a loaded machine needs, so that only a fault reaches it. */
export const DEADLINE_MS = 30_000;

/** Bounds what the protocol says is seen "at once", in ms: below every timeout that could show the same later. */
export const AT_ONCE_MS = 8_000;

interface Waiter<T> {
  match: (item: T) => boolean;
  settle: (outcome: { item: T } | { reason: string }) => void;
}

/** Collects items in the order they arrive. */
export class Inbox<T> {
  /** Holds every item that ever arrived, taken or not. */
  readonly all: T[] = [];
  /** Is told each item when it arrives, before anybody who waits for it. */
  onItem: (item: T) => void = () => {};
  readonly #name: string;
  #untaken: T[] = [];
  #waiters: Waiter<T>[] = [];
  #closed?: string;

  constructor(name: string) {
    this.#name = name;
  }

  /** Adds an item and hands it to the first waiter that it matches. */
  push(item: T): void {
    this.all.push(item);
    this.onItem(item);
    const index = this.#waiters.findIndex((waiter) => waiter.match(item));
    if (index < 0) this.#untaken.push(item);
    else this.#waiters.splice(index, 1)[0]?.settle({ item });
  }

  /** Takes the first item that matches and was not taken before, now or as soon as it arrives; throws after `withinMs`. */
  take(what: string, match: (item: T) => boolean, withinMs: number = DEADLINE_MS): Promise<T> {
    const index = this.#untaken.findIndex(match);
    if (index >= 0) return Promise.resolve(this.#untaken.splice(index, 1)[0] as T);
    if (this.#closed) return Promise.reject(this.#missing(what, this.#closed));
    return this.#wait(what, match, withinMs);
  }

  /** Forgets what was not taken yet, so that the next `take` sees only what arrives from here on. */
  forget(): void {
    this.#untaken = [];
  }

  /** Ends every wait with `reason`: nothing more can arrive. */
  close(reason: string): void {
    this.#closed ??= reason;
    for (const waiter of this.#waiters.splice(0)) waiter.settle({ reason });
  }

  #wait(what: string, match: (item: T) => boolean, withinMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => waiter.settle({ reason: `not within ${withinMs} ms` }), withinMs);
      const waiter: Waiter<T> = {
        match,
        settle: (outcome) => {
          clearTimeout(timer);
          this.#waiters = this.#waiters.filter((other) => other !== waiter);
          if ("item" in outcome) resolve(outcome.item);
          else reject(this.#missing(what, outcome.reason));
        },
      };
      this.#waiters.push(waiter);
    });
  }

  #missing(what: string, reason: string): Error {
    const seen = this.all.slice(-20).map((item) => JSON.stringify(item).slice(0, 400));
    return new Error(
      `${this.#name}: ${what} did not arrive (${reason}); of ${this.all.length} the last were:\n${
        seen.join("\n")
      }`,
    );
  }
}
