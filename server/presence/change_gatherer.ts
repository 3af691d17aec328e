/** Gathers what changes on the roster, so that a burst of changes is told, and written down, once. */
import type { Clock } from "./clock.ts";

/** Milliseconds after one telling before the next. */
const GATHER_MS = 20;

/** How many times as long as telling took it rests. */
const RESTS = 3;
/** A pause that does not end. */
const NEVER: Disposable = { [Symbol.dispose]() {} };
/** The pause while it tells. */
const BUSY: Disposable = { [Symbol.dispose]() {} };

/**
 * Tells the first change at once, and what changes in the 20 ms after it together at their end. Where telling takes
 * long, it rests three times as long as that took, so that news leave most of the time to everything else.
 */
export class ChangeGatherer<T> implements Disposable {
  #pending = new Map<string, T>();
  #pause: Disposable | undefined;

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
    const tookMs = this.clock.ticks() - startedAt;
    this.#pause = this.clock.after(Math.max(GATHER_MS - tookMs, RESTS * tookMs), () => this.#flush());
  }

  /** Tells nothing any more. */
  [Symbol.dispose](): void {
    this.#pause?.[Symbol.dispose]();
    this.#pause = NEVER;
    this.#pending.clear();
  }
}
