/** Events through a database, at most once: what happens while there is no connection is not told. */
import { logOf } from "../log.ts";
import type { Subscription } from "./bus.ts";
import type { SqlEvent, SqlWire } from "./sql_wire.ts";
import { type EventHandler, Topics } from "./topics.ts";

const log = logOf("bus", "sql");
/** Events that wait to be sent; beyond that the new ones are lost. */
const MOST_WAITING = 10_000;

/** Emits together what one turn of the event loop has to say, and hands out what comes. */
export class SqlEvents {
  readonly #topics = new Topics();
  #ready = Promise.withResolvers<void>();
  #wire: SqlWire | undefined;
  #waiting: SqlEvent[] = [];
  #sending: Promise<void> | undefined;
  #isClosed = false;

  emit(topic: string, event: unknown): void {
    if (this.#wire === undefined || this.#waiting.length >= MOST_WAITING) return;
    this.#waiting.push({ topic, json: JSON.stringify(event) });
    this.#sending ??= Promise.resolve().then(() => this.#send());
  }

  /** Resolves once events of `topic` come. */
  async subscribe(topic: string, handler: EventHandler): Promise<Subscription> {
    const subscription = this.#topics.subscribe(topic, handler);
    while (!this.#isClosed && !await this.#listens()) await this.#ready.promise;
    return subscription;
  }

  deliver({ topic, json }: SqlEvent): void {
    this.#topics.deliver(topic, json);
  }

  up(wire: SqlWire): void {
    this.#wire = wire;
    if (this.#topics.names.length > 0) void this.#listens();
    this.#ready.resolve();
  }

  down(): void {
    this.#wire = undefined;
    this.#waiting = [];
    this.#ready = Promise.withResolvers();
  }

  /** Sends what waits. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#ready.resolve();
    await this.#sending;
  }

  /** Tells whether events come; a wire that fails is replaced, and that one listens. */
  async #listens(): Promise<boolean> {
    const wire = this.#wire;
    try {
      await wire?.listen();
      return wire !== undefined && this.#wire === wire;
    } catch (error) {
      log.debug("Listening for events failed", { error });
      return this.#wire !== wire;
    }
  }

  async #send(): Promise<void> {
    while (this.#wire && this.#waiting.length > 0) {
      const events = this.#waiting.splice(0, 100);
      await this.#wire.emit(events).catch((error) => log.warning("Events were lost", { error }));
    }
    this.#sending = undefined;
  }
}
