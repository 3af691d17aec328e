/** Pulling from a queue in a database: claims for who asks, and takes back what is not settled in time. */
import { ParleyError } from "../error.ts";
import { pause } from "../pause.ts";
import type { PulledDelivery, Verdict } from "./bus.ts";
import { PULL_LEASE_MS } from "./pull.ts";
import { readRow } from "./sql_row.ts";
import type { SqlSession } from "./sql_session.ts";
import type { ClaimedRow } from "./sql_wire.ts";

/** Somebody who asks a queue, for as long as the asking lasts. */
export class SqlPull {
  readonly isHungry = true;
  #woken = Promise.withResolvers<void>();

  constructor(readonly queue: string) {}

  /** Says that something may wait. */
  wake(): void {
    this.#woken.resolve();
  }

  /** Resolves once something may wait, after `ms` milliseconds, or when `signal` aborts. */
  async untilWoken(ms: number, signal: AbortSignal): Promise<void> {
    const gone = new AbortController();
    await Promise.race([this.#woken.promise, pause(ms, AbortSignal.any([signal, gone.signal]))]);
    gone.abort();
    this.#woken = Promise.withResolvers();
  }
}

/** All pulls of a process are one reader: what it has of a key does not keep the next of that key from it. */
const READER = 0;

/** Keeps what was pulled on one session until it is settled. */
export class Pulled {
  /** When each that is not settled was lent, the oldest first. */
  readonly #unsettled = new Map<PulledDelivery, number>();
  #lease: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  constructor(private readonly session: SqlSession) {}

  /** Claims up to `limit` messages. Throws `unavailable` when the wire is lost. */
  async take(queue: string, limit: number): Promise<PulledDelivery[]> {
    const rows = await this.#claim(queue, limit);
    if (!this.#isOver) return rows.flatMap((row) => this.#lend(queue, row));
    for (const { position } of rows) this.session.settling.add("untouched", position);
    return [];
  }

  /** Gives back what is not settled. */
  end(): void {
    for (const delivery of [...this.#unsettled.keys()]) void delivery.settle({ kind: "retry" });
    clearTimeout(this.#lease);
    this.#isOver = true;
  }

  async #claim(queue: string, limit: number): Promise<ClaimedRow[]> {
    const { wire, settling, failed } = this.session;
    try {
      void settling.flush();
      return (await wire.claim({ queue, reader: READER, limit })).rows;
    } catch (cause) {
      failed(cause);
      const text = "The database was lost while a queue was read. Try again.";
      throw new ParleyError("unavailable", text, { cause });
    }
  }

  /** Lends what a row says; none for one that cannot be read, which is given up. */
  #lend(queue: string, row: ClaimedRow): PulledDelivery[] {
    const read = readRow(queue, row);
    if (read === undefined) {
      this.session.giveUp({ queue, row });
      return [];
    }
    const settle = ({ kind }: Verdict): Promise<void> => {
      if (this.#unsettled.delete(delivery)) {
        this.session.settling.add(kind === "ack" ? "removed" : "returned", row.position);
      }
      return Promise.resolve();
    };
    const delivery: PulledDelivery = { ...read, settle };
    this.#unsettled.set(delivery, performance.now());
    this.#lease ??= setTimeout(() => this.#recall(), PULL_LEASE_MS);
    return [delivery];
  }

  /** Gives back what nobody has settled in time, and comes again for the next. */
  #recall(): void {
    const now = performance.now();
    for (const [delivery, lentAt] of this.#unsettled) {
      if (lentAt + PULL_LEASE_MS > now) break;
      void delivery.settle({ kind: "retry" });
    }
    const [oldest] = this.#unsettled.values();
    this.#lease = oldest === undefined
      ? undefined
      : setTimeout(() => this.#recall(), oldest + PULL_LEASE_MS - now);
  }
}
