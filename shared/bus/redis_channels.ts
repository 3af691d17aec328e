/** Channels of Redis: events for whoever is there, and the bells that wake readers. */
import { logOf } from "../log.ts";
import type { Subscription } from "./bus.ts";
import { loggable, unavailable } from "./redis_server.ts";
import type { Wire } from "./redis_wire.ts";
import { type EventHandler, Topics } from "./topics.ts";

const log = logOf("bus", "redis");

/** Hears channels across connections, at most once: what is said while there is no connection is not told. */
export class RedisChannels {
  readonly #topics = new Topics();
  #up = Promise.withResolvers<void>();
  #wire: Wire | undefined;

  /** Tells whoever hears `channel` now. */
  tell(channel: string, event: unknown): void {
    const told = this.#wire?.tell(channel, JSON.stringify(event));
    told?.catch((error) => log.debug("An event was not told: {said}", { said: loggable(error) }));
  }

  /** Hands what is told on `channel` to `handler`. `heard` resolves once it hears, also when that takes a new connection. */
  hear(channel: string, handler: EventHandler): { subscription: Subscription; heard: Promise<void> } {
    const subscription = this.#topics.subscribe(channel, handler, () => this.#leave(channel));
    return { subscription, heard: this.#untilHeard(channel) };
  }

  async up(wire: Wire): Promise<void> {
    wire.onEvent((channel, text) => this.#topics.deliver(channel, text));
    await wire.listen(this.#topics.names);
    this.#wire = wire;
    this.#up.resolve();
  }

  down(): void {
    this.#wire = undefined;
    this.#up = Promise.withResolvers();
  }

  /** Ends the waiting of whoever wanted to hear. */
  close(): void {
    this.#wire = undefined;
    this.#up.resolve();
  }

  async #untilHeard(channel: string): Promise<void> {
    do await this.#up.promise; while (!await this.#listen(channel));
  }

  /** A connection that is lost meanwhile is followed by one that hears every channel. */
  async #listen(channel: string): Promise<boolean> {
    const wire = this.#wire;
    try {
      await wire?.listen([channel]);
      return true;
    } catch (error) {
      if (this.#wire === wire) throw unavailable(error);
      return false;
    }
  }

  async #leave(channel: string): Promise<void> {
    if (this.#topics.names.includes(channel)) return;
    await this.#wire?.unlisten(channel).catch((error) =>
      log.debug("A channel was not left: {said}", { said: loggable(error) })
    );
  }
}
