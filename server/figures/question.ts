/** Asking what may hang or fail, such as a service that is away: it is given up in time, and never asked twice at once. */
import type { Clock } from "../presence/clock.ts";

/** Disposing ends the clock; what is being asked then is not answered. */
export class Question<T> implements Disposable {
  #isOpen = false;
  #timer: Disposable | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly patienceMs: number,
    private readonly put: () => Promise<T>,
  ) {}

  /** Asks. Resolves with the answer; undefined: none came in time, or an earlier question is still open. Never rejects. */
  ask(): Promise<T | undefined> {
    if (this.#isOpen) return Promise.resolve(undefined);
    this.#isOpen = true;
    const { promise, resolve } = Promise.withResolvers<T | undefined>();
    const timer = this.#timer = this.clock.after(this.patienceMs, () => resolve(undefined));
    const end = (answer?: T) => {
      this.#isOpen = false;
      timer[Symbol.dispose]();
      resolve(answer);
    };
    Promise.resolve().then(this.put).then(end, () => end());
    return promise;
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
  }
}
