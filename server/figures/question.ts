/**
 * Asking what may hang, fail or cost much, such as a service that is away or one with thousands of queues: it is given up in
 * time, never asked twice at once, and left alone for long where its answer took long.
 */
import type { Clock } from "../presence/clock.ts";

/** For each millisecond that an answer took, nothing is asked for so many: asking is to be a twentieth of the work. */
const REST = 19;
/** An answer that took long may have done so only once. */
const LONGEST_REST_MS = 60_000;

/** Disposing ends the clock; what is being asked then is not answered. */
export class Question<T> implements Disposable {
  #isOpen = false;
  #timer: Disposable | undefined;
  #last: T | undefined;
  #restsUntil = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly patienceMs: number,
    private readonly put: () => Promise<T>,
  ) {}

  /**
   * Asks, or gives the last answer again while it is too early to ask. Resolves with the answer; undefined: none came in
   * time, it failed, or an earlier question is still open. Never rejects.
   */
  ask(): Promise<T | undefined> {
    if (this.#isOpen) return Promise.resolve(undefined);
    if (this.clock.ticks() < this.#restsUntil) return Promise.resolve(this.#last);
    this.#isOpen = true;
    const { promise, resolve } = Promise.withResolvers<T | undefined>();
    const began = this.clock.ticks();
    const timer = this.#timer = this.clock.after(this.patienceMs, () => resolve(undefined));
    const end = (answer?: T) => {
      this.#isOpen = false;
      timer[Symbol.dispose]();
      resolve(answer);
    };
    const answered = (answer: T) => {
      this.#rest(answer, began);
      end(answer);
    };
    Promise.resolve().then(this.put).then(answered, () => end());
    return promise;
  }

  #rest(answer: T, began: number): void {
    const now = this.clock.ticks();
    this.#last = answer;
    this.#restsUntil = now + Math.min((now - began) * REST, LONGEST_REST_MS);
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
  }
}
