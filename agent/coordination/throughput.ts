/** How many messages go through in a minute, over the last sixty seconds. */

const SLOTS = 60;
const SLOT_MS = 1_000;

/** Counts in slots of a second, so that a busy hour costs no more memory than a quiet one. `now`: milliseconds that only rise. */
export class Throughput {
  readonly #counts = new Array<number>(SLOTS).fill(0);
  #newest: number;

  constructor(private readonly now: () => number = () => performance.now()) {
    this.#newest = this.#slot();
  }

  note(): void {
    this.#forget();
    this.#counts[this.#newest % SLOTS]! += 1;
  }

  /** Gives the messages of the last minute. */
  get perMinute(): number {
    this.#forget();
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  #slot(): number {
    return Math.floor(this.now() / SLOT_MS);
  }

  /** Empties the slots of the seconds that have come since. */
  #forget(): void {
    const slot = this.#slot();
    const passed = Math.min(slot - this.#newest, SLOTS);
    for (let step = 1; step <= passed; step++) this.#counts[(this.#newest + step) % SLOTS] = 0;
    this.#newest = Math.max(slot, this.#newest);
  }
}
