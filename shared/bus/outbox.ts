/** What was published and is not confirmed yet: kept so that it can be sent again after a lost connection. */
import { ParleyError } from "../error.ts";

export interface OutboxOptions {
  /** How many publishes may wait at once; default 10,000. */
  maxWaiting?: number;
  /** Milliseconds that a publish waits to be confirmed; default 30,000. */
  timeoutMs?: number;
}

interface Waiting<T> {
  item: T;
  expiresAt: number;
  resolve: () => void;
  reject: (error: ParleyError) => void;
}

/** Holds items in the order they came, each until it is confirmed, refused or too old. */
export class Outbox<T> {
  readonly #waiting = new Map<number, Waiting<T>>();
  readonly #maxWaiting: number;
  readonly #timeoutMs: number;
  #last = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #emptied: (() => void)[] = [];

  constructor({ maxWaiting = 10_000, timeoutMs = 30_000 }: OutboxOptions = {}) {
    this.#maxWaiting = maxWaiting;
    this.#timeoutMs = timeoutMs;
  }

  /** Keeps `item` and hands it, with its number, to `send`. Resolves once confirmed; throws `unavailable` when there are too many or it took too long. */
  add(item: T, send: (number: number, item: T) => void): Promise<void> {
    if (this.#waiting.size >= this.#maxWaiting) {
      return Promise.reject(unavailable("Too many messages wait to be accepted by the bus."));
    }
    const number = this.#last = this.#last % 0xffff_ffff + 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { item, expiresAt: Date.now() + this.#timeoutMs, resolve, reject });
      this.#arm();
      send(number, item);
    });
  }

  confirm(number: number): void {
    this.#take(number)?.resolve();
  }

  refuse(number: number, error: ParleyError): void {
    this.#take(number)?.reject(error);
  }

  /** Lists what is not confirmed, oldest first. */
  entries(): [number, T][] {
    return [...this.#waiting].map(([number, { item }]) => [number, item]);
  }

  /** Resolves when nothing waits. */
  empty(): Promise<void> {
    if (this.#waiting.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#emptied.push(resolve));
  }

  /** Refuses whatever still waits. */
  close(): void {
    for (const number of [...this.#waiting.keys()]) {
      this.refuse(number, unavailable("The bus has been closed."));
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #take(number: number): Waiting<T> | undefined {
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    if (this.#waiting.size === 0) this.#wentEmpty();
    return waiting;
  }

  /** The timer goes on: setting one for each publish would cost more than letting it find nothing. */
  #wentEmpty(): void {
    for (const resolve of this.#emptied.splice(0)) resolve();
  }

  /** One timer serves all: they expire in the order they came. */
  #arm(): void {
    const [first] = this.#waiting.values();
    if (first === undefined) return;
    this.#timer ??= setTimeout(() => this.#sweep(), Math.max(0, first.expiresAt - Date.now()));
  }

  #sweep(): void {
    this.#timer = undefined;
    for (const [number, { expiresAt }] of this.#waiting) {
      if (expiresAt > Date.now()) break;
      this.refuse(number, unavailable("The bus did not accept the message in time."));
    }
    this.#arm();
  }
}

function unavailable(text: string): ParleyError {
  return new ParleyError("unavailable", text);
}
