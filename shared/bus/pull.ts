/** Pulling on backends that push: a reader for a moment. */
import type { MessageBus, PulledDelivery, PullOptions, Subscription, Verdict } from "./bus.ts";
import { pause } from "../pause.ts";

/** A pulled delivery that nobody settles goes back after this many milliseconds. */
export const PULL_LEASE_MS = 300_000;

/** What pulling uses of a bus; `ended` aborts when the bus is closed. */
interface Source {
  consume: MessageBus["consume"];
  ended: AbortSignal;
}

/**
 * Takes one delivery from `queue`, or none. Never more, whatever the limit: what would be on its way when the reader
 * ends would go back with one attempt more. `blockMs` counts from the moment the queue is reached, so a lost connection
 * prolongs it.
 */
export async function pullFrom(
  source: Source,
  queue: string,
  options: PullOptions,
): Promise<PulledDelivery[]> {
  const pull = new Pull();
  const subscription = await source.consume(queue, (delivery) => pull.take(delivery), {
    prefetch: 1,
    graceMs: PULL_LEASE_MS,
    signal: source.ended,
  });
  await pull.wait(options, source.ended);
  return await pull.end(subscription);
}

class Pull {
  readonly #first = Promise.withResolvers<void>();
  readonly #taken: PulledDelivery[] = [];
  #over = false;

  take(delivery: Omit<PulledDelivery, "settle">): Promise<Verdict> {
    if (this.#over) return Promise.resolve({ kind: "retry", delayMs: 0 });
    const { promise, resolve } = Promise.withResolvers<Verdict>();
    const settle = (verdict: Verdict) => Promise.resolve(resolve(verdict));
    this.#taken.push({ ...delivery, settle });
    this.#first.resolve();
    return promise;
  }

  async wait({ blockMs = 0, signal }: PullOptions, ended: AbortSignal): Promise<void> {
    const came = new AbortController();
    const over = AbortSignal.any([came.signal, ended, ...(signal ? [signal] : [])]);
    await Promise.race([this.#first.promise, pause(blockMs, over)]);
    came.abort();
  }

  /** Ends the reading. When nothing has come, what is on its way still counts. */
  async end(subscription: Subscription): Promise<PulledDelivery[]> {
    const closed = subscription[Symbol.asyncDispose]();
    if (this.#taken.length === 0) await Promise.race([this.#first.promise, closed]);
    this.#over = true;
    return this.#taken;
  }
}
