/** A signal that changes no more often than can be read: the first change at once, what follows together. */
import { effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";

/** Has the value of `source` from when it is opened on; until then what it began with. */
export class Calm<Value> {
  readonly now: ReadonlySignal<Value>;
  readonly #now: Signal<Value>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly source: ReadonlySignal<Value>, private readonly pauseMs: number) {
    this.now = this.#now = signal(source.peek());
  }

  /** Follows the source. Gives the function that ends it. */
  open(): () => void {
    const end = effect(() => {
      const { value } = this.source;
      if (this.#timer === undefined) this.#take(value);
    });
    return () => {
      end();
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  }

  #take(value: Value): void {
    if (value === this.#now.peek()) return;
    this.#now.value = value;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#take(this.source.peek());
    }, this.pauseMs);
  }
}
