/** One timer for many deadlines. */
import type { Clock } from "./clock.ts";

/** Milliseconds that a ring may be late by before the process counts as having stood still. */
const LATE_MS = 500;
/** The longest that is given to those who could not be heard meanwhile, in milliseconds. */
const MOST_GRACE_MS = 15_000;

/**
 * Rings when the nearest deadline is reached; `ring` says in how many milliseconds the next one is (`Infinity`: none).
 * Where the process stood still over a deadline, it rings as much later: what came meanwhile is to be read first.
 */
export class Alarm implements Disposable {
  #at = Infinity;
  #timer: Disposable | undefined;
  #graceUntil = -Infinity;

  constructor(readonly clock: Clock, readonly ring: () => number) {}

  /**
   * Makes sure that it rings within `ms` milliseconds, though not before there was time to read what came while the
   * process stood still. Deadlines that move away need no word: ringing early costs little.
   */
  within(ms: number): void {
    const at = Math.max(this.clock.ticks() + ms, this.clock.ticks(), this.#graceUntil);
    if (at >= this.#at) return;
    this.#set(at, () => this.#rang());
  }

  #set(at: number, run: () => void): void {
    this.#timer?.[Symbol.dispose]();
    this.#at = at;
    this.#timer = this.clock.after(at - this.clock.ticks(), run);
  }

  #rang(): void {
    const lateMs = this.clock.ticks() - this.#at;
    if (lateMs < LATE_MS) return this.#ringNow();
    this.#graceUntil = this.clock.ticks() + Math.min(lateMs, MOST_GRACE_MS);
    this.#set(this.#graceUntil, () => this.#rang());
  }

  #ringNow(): void {
    this.#at = Infinity;
    this.#timer = undefined;
    this.within(this.ring());
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#at = -Infinity;
  }
}
