/** How long replies took since somebody last asked. */

/** Round trips that are kept of one interval; of more, a fair sample. */
const MOST = 10_000;

/** Gathers round trips, in milliseconds. */
export class RoundTrips {
  #ms: number[] = [];
  #count = 0;

  constructor(private readonly random: () => number = Math.random, private readonly most = MOST) {}

  add(ms: number): void {
    this.#count++;
    if (this.#ms.length < this.most) return void this.#ms.push(ms);
    const at = Math.floor(this.random() * this.#count);
    if (at < this.most) this.#ms[at] = ms;
  }

  /** Gives what has been gathered, in ascending order, and begins anew. */
  take(): number[] {
    const taken = this.#ms.sort((one, other) => one - other);
    this.#ms = [];
    this.#count = 0;
    return taken;
  }
}

/** Gives the least of `ascending` that at least this share of them does not exceed, to the microsecond; null of none. */
export function quantileOf(ascending: readonly number[], share: number): number | null {
  const found = ascending[Math.max(Math.ceil(ascending.length * share) - 1, 0)];
  return found === undefined ? null : Math.round(found * 1_000) / 1_000;
}
