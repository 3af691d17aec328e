/** A clock for tests: it stands still until it is told to go on. */
import type { Clock } from "./clock.ts";

interface Timer {
  at: number;
  run: () => void;
}

export class FakeClock implements Clock {
  readonly #timers = new Set<Timer>();
  #offsetMs = 0;

  constructor(public time = Date.parse("2026-01-01T00:00:00.000Z")) {}

  /** Counts the timers that are set. */
  get timers(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.time + this.#offsetMs;
  }

  ticks(): number {
    return this.time;
  }

  /** Sets what time it is to `ms` later, as somebody does who corrects a clock: no time passes. */
  set(ms: number): void {
    this.#offsetMs += ms;
  }

  /** Lets `ms` milliseconds pass in which nothing runs; what falls due meanwhile runs late, with the next `advance`. */
  freeze(ms: number): void {
    this.time += ms;
  }

  after(delayMs: number, run: () => void): Disposable {
    const timer = { at: this.time + delayMs, run };
    this.#timers.add(timer);
    return { [Symbol.dispose]: () => void this.#timers.delete(timer) };
  }

  /** Goes on by `ms` milliseconds and calls what falls due on the way, in its order. */
  advance(ms: number): void {
    const until = this.time + ms;
    for (let next = this.#due(until); next; next = this.#due(until)) {
      this.#timers.delete(next);
      this.time = Math.max(this.time, next.at);
      next.run();
    }
    this.time = until;
  }

  #due(until: number): Timer | undefined {
    const due = [...this.#timers].filter(({ at }) => at <= until);
    return due.sort((a, b) => a.at - b.at)[0];
  }
}
