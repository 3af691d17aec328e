/** What arrived, in order, for tests that wait for the next thing instead of for a time. */

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

  /** Resolves with the first one that nobody has taken, as soon as there is one. */
  next(): Promise<T> {
    if (this.#taken < this.all.length) return Promise.resolve(this.all[this.#taken++]!);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Resolves with the next one that fits; those before it are passed over. */
  async nextThat(fits: (item: T) => boolean): Promise<T> {
    for (;;) {
      const item = await this.next();
      if (fits(item)) return item;
    }
  }
}
