/** One reader of a queue in a database: claims what it has room for, and again when it is woken or has room. */
import { ParleyError } from "../error.ts";
import { logOf } from "../log.ts";
import type { ConsumeOptions, Handler, Subscription } from "./bus.ts";
import { Reader } from "./reader.ts";
import { readRow } from "./sql_row.ts";
import type { SqlSession } from "./sql_session.ts";
import type { ClaimedRow } from "./sql_wire.ts";

const log = logOf("bus", "sql");
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1_000;

export interface SqlReaderOptions {
  queue: string;
  /** Tells the readers of one process apart. */
  number: number;
  handler: Handler;
  options: ConsumeOptions | undefined;
}

/** Reads a queue across wires. */
export class SqlReader {
  readonly queue: string;
  readonly #reader: Reader;
  readonly #receiving = Promise.withResolvers<void>();
  #session: SqlSession | undefined;
  #claiming: Promise<void> | undefined;
  /** Whether something may wait that has not been asked for. */
  #mayWait = false;
  #soon: ReturnType<typeof setImmediate> | undefined;
  #later: ReturnType<typeof setTimeout> | undefined;
  /** How often in a row nothing could be claimed of what waits. */
  #blocked = 0;

  constructor(private readonly how: SqlReaderOptions) {
    this.queue = how.queue;
    this.#reader = new Reader(how.handler, how.options, () => this.#stop());
    this.#receiving.promise.catch(() => {});
  }

  get subscription(): Subscription {
    return this.#reader;
  }

  /** Resolves once it receives for the first time. */
  get receiving(): Promise<void> {
    return this.#receiving.promise;
  }

  /** Whether it could take something now. */
  get isHungry(): boolean {
    return this.#session !== undefined && !this.#reader.ending && this.#room > 0;
  }

  /** Says that it will never receive. */
  refuse(error: Error): void {
    this.#receiving.reject(error);
  }

  /** Reads on a new wire. */
  up(session: SqlSession): void {
    this.#session = session;
    this.#receiving.resolve();
    this.wake();
  }

  /** Gives up what is in flight: it is delivered again. */
  down(): void {
    this.#session = undefined;
    this.#cancel();
    this.#reader.interrupt();
  }

  /** Says that something may wait. */
  wake(): void {
    this.#blocked = 0;
    this.#mayWait = true;
    this.#claimSoon();
  }

  get #room(): number {
    return this.#reader.prefetch - this.#reader.inFlight;
  }

  /** At the end of the turn, so that what ends together is replaced together. */
  #claimSoon(): void {
    if (this.#claiming || !this.#mayWait || !this.isHungry) return;
    this.#soon ??= setImmediate(() => {
      this.#soon = undefined;
      if (this.#claiming || !this.isHungry) return;
      this.#claiming = this.#claim(this.#session!).finally(() => {
        this.#claiming = undefined;
        this.#claimSoon();
      });
    });
  }

  async #claim(session: SqlSession): Promise<void> {
    this.#mayWait = false;
    const limit = this.#room;
    try {
      // What is finished may be what the next of its key waits for; it goes first, on the same connection.
      void session.settling.flush();
      const { rows, more } = await session.wire.claim({ queue: this.queue, reader: this.how.number, limit });
      for (const row of rows) this.#take(session, row);
      if (rows.length > 0) this.#blocked = 0;
      if (rows.length === limit) this.#mayWait = true;
      else if (more) this.#lookAgain();
    } catch (error) {
      if (session.failed(error) || this.#session !== session) return;
      log.warning("Reading {queue} is tried again", { queue: this.queue, error });
      this.#lookAgain();
    }
  }

  /** What waits behind another reader's key is asked for again with growing pauses: nobody tells when that has it. */
  #lookAgain(): void {
    if (!this.isHungry) return;
    this.#later ??= setTimeout(() => {
      this.#later = undefined;
      this.#mayWait = true;
      this.#claimSoon();
    }, lookAgainMs(++this.#blocked));
  }

  #take(session: SqlSession, row: ClaimedRow): void {
    if (this.#session !== session || this.#reader.ending) {
      return session.settling.add("untouched", row.position);
    }
    const delivery = readRow(this.queue, row);
    if (delivery === undefined) return session.giveUp({ queue: this.queue, row });
    this.#reader.run(delivery, (verdict) => {
      session.settling.add(verdict?.kind === "ack" ? "removed" : "returned", row.position);
      if (this.#session === session) this.#claimSoon();
    });
  }

  /** Resolves once what was on its way has been given back. */
  async #stop(): Promise<void> {
    this.#cancel();
    this.refuse(new ParleyError("cancelled", "The reading was ended before it began."));
    await this.#claiming;
  }

  #cancel(): void {
    clearImmediate(this.#soon);
    clearTimeout(this.#later);
    this.#soon = this.#later = undefined;
  }
}

/** Decides how long to pause before asking again after nothing could be claimed `times` in a row (from 1), in milliseconds. */
function lookAgainMs(times: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(times - 1, 16));
}
