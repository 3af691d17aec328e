/** Gathers what changes on the roster, so that a burst of changes is told, and written down, once. */
import type { Clock } from "./clock.ts";

/** Milliseconds after one telling before the next. */
const GATHER_MS = 20;

/** How many times as long as it tells it rests in the long run, and how much of that it may put off, in milliseconds. */
const RESTS = 3;
const MAY_OWE_MS = 300;
/** The most that counts as one telling, in milliseconds: what took longer was no telling, but a process that stood still. */
const LONGEST_MS = 250;
/** A pause that does not end. */
const NEVER: Disposable = { [Symbol.dispose]() {} };
/** The pause while it tells. */
const BUSY: Disposable = { [Symbol.dispose]() {} };

/**
 * Tells the first change at once, and what changes in the 20 ms after it together at their end. Where there is much to
 * tell for long, it gathers for longer, so that news take a quarter of the time at most.
 */
export class ChangeGatherer<T> implements Disposable {
  #pending = new Map<string, T>();
  #pause: Disposable | undefined;
  /** When it will have rested enough for all that it told. */
  #owesUntil = 0;

  constructor(readonly clock: Clock, readonly tell: (changed: T[]) => void) {}

  /** Notes that `item` changed; of several changes of one `id` only the newest is told. */
  add(id: string, item: T): void {
    this.#pending.set(id, item);
    if (!this.#pause) this.#flush();
  }

  #flush(): void {
    this.#pause = undefined;
    if (this.#pending.size === 0) return;
    const changed = [...this.#pending.values()];
    this.#pending = new Map();
    this.#pause = BUSY;
    const startedAt = this.clock.ticks();
    this.tell(changed);
    // Who is told may have disposed of this.
    if (this.#pause === BUSY) this.#pause = this.clock.after(0, () => this.#rest(startedAt));
  }

  /** Comes once what was told has been written to whoever reads it, which takes longer than telling it. */
  #rest(startedAt: number): void {
    const now = this.clock.ticks();
    const toldMs = Math.min(now - startedAt, LONGEST_MS);
    this.#owesUntil = Math.max(this.#owesUntil, now - toldMs) + RESTS * toldMs;
    const restMs = this.#owesUntil - MAY_OWE_MS - now;
    this.#pause = this.clock.after(Math.max(startedAt + GATHER_MS - now, restMs, 0), () => this.#flush());
  }

  /** Tells nothing any more. */
  [Symbol.dispose](): void {
    this.#pause?.[Symbol.dispose]();
    this.#pause = NEVER;
    this.#pending.clear();
  }
}
