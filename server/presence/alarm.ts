/** One timer for many deadlines. */
import type { Clock } from "./clock.ts";

/** Rings when the nearest deadline is reached; `ring` says when the next one is (`Infinity`: none). */
export class Alarm implements Disposable {
  #at = Infinity;
  #timer: Disposable | undefined;

  constructor(readonly clock: Clock, readonly ring: () => number) {}

  /** Makes sure that it rings at `time` at the latest. Deadlines that move away need no word: ringing early costs little. */
  notLaterThan(time: number): void {
    if (time >= this.#at) return;
    this.#timer?.[Symbol.dispose]();
    this.#at = time;
    this.#timer = this.clock.after(Math.max(0, time - this.clock.now()), () => this.#rang());
  }

  #rang(): void {
    this.#at = Infinity;
    this.#timer = undefined;
    this.notLaterThan(this.ring());
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#at = -Infinity;
  }
}
