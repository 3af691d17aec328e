/** One timer for many due times: nothing is polled, and nothing runs while nothing is due. */

/** Longest time that a timer takes; what lies beyond is looked at again. */
const LONGEST_MS = 2 ** 31 - 1;

interface Due<T> {
  at: number;
  item: T;
}

/** Calls `ring` with each item when its time has come, earliest first. */
export class Alarm<T> {
  readonly #heap: Due<T>[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAt = Infinity;

  constructor(readonly ring: (items: T[]) => void) {}

  /** Sets `item` for `at`, in milliseconds since 1970. */
  set(at: number, item: T): void {
    this.#heap.push({ at, item });
    this.#up(this.#heap.length - 1);
    this.#arm();
  }

  /** Forgets everything. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timerAt = Infinity;
    this.#heap.length = 0;
  }

  #arm(): void {
    const first = this.#heap[0];
    if (first === undefined || first.at >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = first.at;
    this.#timer = setTimeout(() => this.#go(), Math.min(LONGEST_MS, Math.max(0, first.at - Date.now())));
  }

  #go(): void {
    this.#timerAt = Infinity;
    const due: T[] = [];
    while (this.#heap[0] !== undefined && this.#heap[0].at <= Date.now()) due.push(this.#pop());
    if (due.length > 0) this.ring(due);
    this.#arm();
  }

  #pop(): T {
    const first = this.#heap[0]!;
    const last = this.#heap.pop()!;
    if (this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#down(0);
    }
    return first.item;
  }

  #up(from: number): void {
    let child = from;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (this.#heap[parent]!.at <= this.#heap[child]!.at) return;
      this.#swap(parent, child);
      child = parent;
    }
  }

  #down(from: number): void {
    let parent = from;
    for (;;) {
      const earliest = [2 * parent + 1, 2 * parent + 2].reduce(
        (best, at) => at < this.#heap.length && this.#heap[at]!.at < this.#heap[best]!.at ? at : best,
        parent,
      );
      if (earliest === parent) return;
      this.#swap(parent, earliest);
      parent = earliest;
    }
  }

  #swap(a: number, b: number): void {
    [this.#heap[a], this.#heap[b]] = [this.#heap[b]!, this.#heap[a]!];
  }
}
