/** The time after a start in which those who were online come back, so that nobody takes them for gone. */
import type { Clock } from "./clock.ts";

/** Milliseconds after a start in which they are waited for. */
const SETTLE_WITHIN_MS = 5_000;

/** Settles once everybody is back, or time is up: then `onMissing` is told who is not. */
export class Settling implements Disposable {
  readonly #missing: Set<string>;
  readonly #settled = Promise.withResolvers<void>();
  #timer: Disposable | undefined;

  constructor(clock: Clock, ids: Iterable<string>, onMissing: (ids: string[]) => void) {
    this.#missing = new Set(ids);
    if (this.#missing.size === 0) this.#settled.resolve();
    else {this.#timer = clock.after(SETTLE_WITHIN_MS, () => {
        onMissing([...this.#missing]);
        this.#end();
      });}
  }

  /** Resolves when it has settled. */
  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  /** Notes that one is back. */
  back(id: string): void {
    if (this.#missing.delete(id) && this.#missing.size === 0) this.#end();
  }

  #end(): void {
    this[Symbol.dispose]();
    this.#missing.clear();
    this.#settled.resolve();
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
  }
}
