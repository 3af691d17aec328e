/** What arrived, in order, for tests that wait for the next thing instead of for a time. */

/** What does not come within this many milliseconds will not come: the test fails, and hangs nobody. */
const LONGEST_WAIT_MS = 30_000;

export class Arrivals<T> {
  readonly all: T[] = [];
  #waiting: ((item: T) => void)[] = [];
  #taken = 0;

  add(item: T): void {
    this.all.push(item);
    const waiting = this.#waiting.shift();
    if (waiting) {
      this.#taken += 1;
      waiting(item);
    }
  }

  /** Resolves with the first one that nobody has taken, as soon as there is one. Rejects when none comes in half a minute. */
  next(): Promise<T> {
    if (this.#taken < this.all.length) return Promise.resolve(this.all[this.#taken++]!);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const late = () => reject(new Error(`Nothing more came within ${LONGEST_WAIT_MS} ms: ${this.#told()}`));
    const timer = setTimeout(late, LONGEST_WAIT_MS);
    this.#waiting.push((item) => (clearTimeout(timer), resolve(item)));
    return promise;
  }

  #told(): string {
    const last = this.all.slice(-3).map((item) => Deno.inspect(item));
    return `${this.all.length} came, the last ones ${last.join(", ") || "none"}`;
  }

  /** Resolves with the next one that fits; those before it are passed over. */
  async nextThat(fits: (item: T) => boolean): Promise<T> {
    for (;;) {
      const item = await this.next();
      if (fits(item)) return item;
    }
  }
}
