/** Events within one process: who subscribed to what. */
import { logOf } from "../log.ts";
import type { Subscription } from "./bus.ts";

const log = logOf("bus", "events");

export type EventHandler = (event: unknown) => void;

/** Knows the subscribers of each topic in this process. */
export class Topics {
  readonly #handlers = new Map<string, Set<EventHandler>>();

  /** Lists the topics that have a subscriber. */
  get names(): string[] {
    return [...this.#handlers.keys()];
  }

  /** Hands an event, as JSON text, to each subscriber; one that throws is logged and does not stop the others. */
  deliver(topic: string, json: string): void {
    for (const handler of this.#handlers.get(topic) ?? []) {
      try {
        handler(JSON.parse(json));
      } catch (error) {
        log.error("A subscriber of {topic} failed", { topic, error });
      }
    }
  }

  /** Adds a subscriber; `left` runs once it has gone. */
  subscribe(topic: string, handler: EventHandler, left?: () => void | Promise<void>): Subscription {
    const own: EventHandler = (event) => handler(event);
    const handlers = this.#handlers.get(topic) ?? new Set();
    this.#handlers.set(topic, handlers.add(own));
    const closed = Promise.withResolvers<void>();
    return {
      closed: closed.promise,
      [Symbol.asyncDispose]: async () => {
        const wasThere = handlers.delete(own);
        if (handlers.size === 0 && this.#handlers.get(topic) === handlers) this.#handlers.delete(topic);
        if (wasThere) await left?.();
        closed.resolve();
      },
    };
  }
}
