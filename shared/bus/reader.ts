/** Runs a handler on deliveries and ends in good order: the same for every backend. */
import { logOf } from "../log.ts";
import type { ConsumeOptions, Delivery, Subscription, Verdict } from "./bus.ts";
import { atMost, pause } from "../pause.ts";

const log = logOf("bus");
/** Milliseconds before a delivery whose handler threw is given back, so that a fault cannot spin. */
const PAUSE_AFTER_THROW_MS = 1_000;

export const DEFAULT_PREFETCH = 64;
export const DEFAULT_GRACE_MS = 10_000;

/** How a handler's work ends for the backend: a verdict, or with the hub also what was thrown. */
type Work<S> = (delivery: Delivery, signal: AbortSignal) => Promise<S | void>;

/**
 * One reader's deliveries in flight. `stop` tells the backend to hand out no more; it is called once, and resolves
 * when nothing more can come.
 */
export class Reader<S extends { kind: string } = Verdict> implements Subscription {
  readonly prefetch: number;
  readonly closed: Promise<void>;
  readonly #closed = Promise.withResolvers<void>();
  /** Ends one delivery each. */
  readonly #running = new Set<(verdict: S | undefined) => void>();
  /** One for all deliveries in flight, since they are interrupted together: making one for each costs more than much of the work. */
  #interrupted = new AbortController();
  readonly #graceMs: number;
  #idle = Promise.withResolvers<void>();
  #ending: Promise<void> | undefined;

  constructor(
    readonly handler: Work<S>,
    options: ConsumeOptions | undefined,
    readonly stop: () => void | Promise<void>,
  ) {
    this.prefetch = Math.min(10_000, Math.max(1, options?.prefetch ?? DEFAULT_PREFETCH));
    this.#graceMs = options?.graceMs ?? DEFAULT_GRACE_MS;
    this.closed = this.#closed.promise;
    options?.signal?.addEventListener("abort", () => this.#endAtOnce(), { once: true });
  }

  get inFlight(): number {
    return this.#running.size;
  }

  get ending(): boolean {
    return this.#ending !== undefined;
  }

  /**
   * Works on one delivery, then calls `settle` once with its verdict, or with undefined when it must be given back.
   * A reader that ends waits for that.
   */
  run(delivery: Delivery, settle: (verdict: S | undefined) => void): void {
    const end = (verdict: S | undefined) => {
      if (!this.#running.delete(end)) return;
      settle(verdict);
      if (this.#running.size === 0) this.#idle.resolve();
    };
    this.#running.add(end);
    void this.#handle(delivery, this.#interrupted.signal).then(end);
  }

  /** Aborts the signal of every delivery in flight, and has them given back. */
  interrupt(reason = "The connection was lost."): void {
    const interrupted = this.#interrupted;
    this.#interrupted = new AbortController();
    interrupted.abort(new DOMException(reason, "AbortError"));
    for (const end of [...this.#running]) end(undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#ending ??= this.#end();
  }

  async #end(): Promise<void> {
    const stopped = Promise.resolve(this.stop());
    await atMost(this.#graceMs, stopped.then(() => this.#untilIdle()));
    this.interrupt("The subscription was closed.");
    await this.#untilIdle();
    this.#closed.resolve();
  }

  #endAtOnce(): void {
    void this[Symbol.asyncDispose]();
    this.interrupt("The subscription was ended.");
  }

  async #untilIdle(): Promise<void> {
    while (this.#running.size > 0) {
      this.#idle = Promise.withResolvers();
      await this.#idle.promise;
    }
  }

  async #handle(delivery: Delivery, signal: AbortSignal): Promise<S | undefined> {
    try {
      return await this.handler(delivery, signal) ?? { kind: "ack" } as S;
    } catch (error) {
      if (signal.aborted) return undefined;
      log.error("Reading from {queue} failed; the message {id} goes back", {
        queue: delivery.queue,
        id: delivery.envelope.id,
        error,
      });
      await pause(PAUSE_AFTER_THROW_MS, signal);
      return undefined;
    }
  }
}
