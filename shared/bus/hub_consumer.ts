/** One reader of the hub, as it is known on this side of the stream. */
import { ParleyError } from "../error.ts";
import { logOf } from "../log.ts";
import type { ConsumeOptions, Delivery, Handler, Subscription } from "./bus.ts";
import type { Settlement } from "./hub_frame.ts";
import { Reader } from "./reader.ts";

const log = logOf("bus", "hub");

export interface HubConsumerOptions {
  queue: string;
  handler: Handler;
  options: ConsumeOptions | undefined;
  /** Tells the server to send no more; false when there is no stream to say it on. */
  cancel: () => boolean;
}

/** Works on what the server delivers, and says how it ended. */
export class HubConsumer {
  readonly queue: string;
  /** Resolves once the server delivers; rejects when it refuses. */
  readonly receiving = Promise.withResolvers<void>();
  readonly #cancelled = Promise.withResolvers<void>();
  readonly #reader: Reader<Settlement>;

  constructor({ queue, handler, options, cancel }: HubConsumerOptions) {
    this.queue = queue;
    this.#reader = new Reader<Settlement>(settling(handler), options, () => {
      if (!cancel()) this.over();
      return this.#cancelled.promise;
    });
  }

  get subscription(): Subscription {
    return this.#reader;
  }

  get prefetch(): number {
    return this.#reader.prefetch;
  }

  get inFlight(): number {
    return this.#reader.inFlight;
  }

  get ending(): boolean {
    return this.#reader.ending;
  }

  /** Works on one delivery, then calls `settle`, with undefined when there was no time to finish it. */
  work(delivery: Delivery, settle: (settlement: Settlement | undefined) => void): void {
    this.#reader.run(delivery, settle);
  }

  /** Says that nothing more comes. */
  over(): void {
    this.#cancelled.resolve();
  }

  /** Gives up what is in flight: the stream has gone, and the server delivers it again. */
  interrupt(): void {
    this.#reader.interrupt();
    if (this.ending) this.over();
  }
}

/** A throw travels as such, for the server to judge. */
function settling(handler: Handler): (delivery: Delivery, signal: AbortSignal) => Promise<Settlement | void> {
  return async (delivery, signal) => {
    try {
      return await handler(delivery, signal);
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      const error = ParleyError.from(thrown);
      log.warning("Reading from {queue} failed: {reason}", {
        queue: delivery.queue,
        id: delivery.envelope.id,
        reason: error.message,
        error: error.cause ?? error,
      });
      return { kind: "failed", error };
    }
  };
}
