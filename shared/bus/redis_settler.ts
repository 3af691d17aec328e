/** Telling Redis what is finished: together for one turn of the event loop, and again after a lost connection. */
import { logOf } from "../log.ts";
import { isRefusal, loggable } from "./redis_server.ts";
import { TurnEnd } from "./redis_turn.ts";
import type { Wire } from "./redis_wire.ts";

const log = logOf("bus", "redis");

/** A message that is finished. */
export interface Finished {
  base: string;
  priority: number;
  id: string;
  key: string | undefined;
}

/** Keeps what is finished until Redis knows, so that a lost connection brings none of it again. */
export class RedisSettler {
  readonly #unconfirmed = new Set<Finished>();
  #waiting: Finished[] = [];
  readonly #turn = new TurnEnd(() => this.flush());
  #wire: Wire | undefined;
  #emptied: (() => void)[] = [];

  finish(finished: Finished): void {
    this.#unconfirmed.add(finished);
    this.#waiting.push(finished);
    this.#turn.ask();
  }

  /** Says again what the lost connection may not have carried. */
  up(wire: Wire): void {
    this.#wire = wire;
    this.#waiting = [...this.#unconfirmed];
    this.flush();
  }

  down(): void {
    this.#wire = undefined;
    this.#tellEmptied();
  }

  /** Resolves once Redis knows all; without a connection, or once it is lost, at once. */
  empty(): Promise<void> {
    this.flush();
    if (this.#unconfirmed.size === 0 || this.#wire === undefined) return Promise.resolve();
    return new Promise((resolve) => this.#emptied.push(resolve));
  }

  close(): void {
    this.#turn.cancel();
    this.#unconfirmed.clear();
  }

  /** Tells now what would be told at the turn's end. */
  flush(): void {
    const wire = this.#wire;
    if (wire === undefined) return;
    const lines = Map.groupBy(this.#waiting, ({ base }) => base);
    this.#waiting = [];
    for (const [base, finished] of lines) void this.#tell(wire, base, finished);
  }

  async #tell(wire: Wire, base: string, finished: Finished[]): Promise<void> {
    const args = finished.flatMap((
      { priority, id, key },
    ) => [priority, id, key === undefined ? "" : `k${key}`]);
    try {
      await wire.run("finish", base, args);
    } catch (error) {
      if (!isRefusal(error)) return;
      log.error("Redis does not take what is finished; it comes again: {said}", { said: loggable(error) });
    }
    for (const one of finished) this.#unconfirmed.delete(one);
    if (this.#unconfirmed.size === 0) this.#tellEmptied();
  }

  #tellEmptied(): void {
    for (const resolve of this.#emptied.splice(0)) resolve();
  }
}
