/** Group commit: writes asked for at about the same time share one transaction, so that they share one wait for the disk. */
import { setImmediate } from "node:timers";
import type { Transaction } from "kysely";
import { pause } from "../../pause.ts";
import type { Failure } from "../dialect.ts";
import { mayRepeat, repeatPauseMs } from "./repeat.ts";
import type { Tables } from "./schema.ts";

/** What one write does in a transaction. It may be run again when a neighbour failed, so it must change nothing else. */
export type Work<T> = (transaction: Transaction<Tables>) => Promise<T>;

/** The database, as far as writing needs it. */
export interface Writable {
  /** Runs `work` in one transaction that commits when it resolves and is undone when it rejects. */
  transact<T>(work: Work<T>): Promise<T>;
  /** Resolves once every commit so far survives a loss of power. */
  sync(): Promise<void>;
  /** Tells of an error whether the same writes may be run again; undefined: one of them is at fault. */
  failureOf?(error: unknown): Failure | undefined;
}

/** How a write is done. */
export interface WriteOptions {
  durable: boolean;
  /** About how many rows it changes; default 1. */
  rows?: number;
}

interface Write {
  work: Work<unknown>;
  durable: boolean;
  rows: number;
  resolve: (value: unknown) => void;
  reject: (reason: unknown) => void;
}

/**
 * Milliseconds between the starts of two transactions while writes keep coming, unless somebody reads or `ENOUGH`
 * rows are waiting. The first after a pause is not held back. A commit holds up everything else in the process.
 */
const PACE_MS = 20;
const ENOUGH = 64;
/** After so many milliseconds of a transaction's work everything else in the process gets its turn. */
const SLICE_MS = 0.5;
/** How many rows share a transaction at most, unless one write alone has more, so that reads get their turn. */
const BATCH_LIMIT = 256;

/** Applies writes in the order they were asked for, many to a transaction. */
export class GroupCommit {
  readonly #waiting: Write[] = [];
  #waitingRows = 0;
  #draining: Promise<void> | undefined;
  #synced: Promise<void> = Promise.resolve();
  #lastStart = -Infinity;
  /** Somebody waits for everything that was asked for. */
  #isUrgent = false;
  #endPause: () => void = () => {};

  constructor(private readonly database: Writable, private readonly paceMs = PACE_MS) {}

  /**
   * Resolves once `work` is committed. When it fails, it alone is undone and rejected. A write that is not `durable`
   * survives the end of the process, yet may be lost with the machine's power.
   */
  write<T>(work: Work<T>, { durable, rows = 1 }: WriteOptions): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, durable, rows, resolve: resolve as Write["resolve"], reject });
      this.#waitingRows += rows;
      this.#draining ??= this.#drain();
      if (this.#waitingRows >= ENOUGH) this.#endPause();
    });
  }

  /** Resolves once every write asked for so far is committed or has failed; later ones are not waited for. */
  async flushed(): Promise<void> {
    if (!this.#draining) return;
    const committed = this.write(nothing, { durable: false });
    this.#hurry();
    await committed;
  }

  /** Resolves when nothing is waiting, for the database or for the disk. */
  async idle(): Promise<void> {
    this.#hurry();
    await this.#draining;
    await this.#synced;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#pace();
      await this.#commit(this.#nextBatch());
    }
    this.#draining = undefined;
  }

  #nextBatch(): Write[] {
    let rows = 0;
    const end = this.#waiting.findIndex((write) => (rows += write.rows) > BATCH_LIMIT);
    const batch = this.#waiting.splice(0, end < 0 ? this.#waiting.length : Math.max(1, end));
    for (const write of batch) this.#waitingRows -= write.rows;
    return batch;
  }

  async #pace(): Promise<void> {
    await endOfTurn();
    const tooEarlyMs = this.#lastStart + this.paceMs - performance.now();
    if (tooEarlyMs > 0 && !this.#isUrgent && this.#waitingRows < ENOUGH) await this.#pause(tooEarlyMs);
    this.#isUrgent = false;
    this.#lastStart = performance.now();
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #hurry(): void {
    this.#isUrgent = true;
    this.#endPause();
  }

  /** Never rejects: each write hears of its own end. Tells what kept the batch from being committed, if not a write. */
  async #commit(batch: readonly Write[], attempt = 1): Promise<Failure | undefined> {
    let results: unknown[] | undefined;
    try {
      results = await this.database.transact(async (transaction) => {
        const all = await this.#inOrder(batch, transaction);
        results = all;
        return all;
      });
    } catch (error) {
      const failure = this.database.failureOf?.(error);
      // Once all have run, it was the commit that failed, and may have happened.
      if (!mayRepeat(failure, { attempt, isUncertain: results !== undefined })) {
        return await this.#afterFailure(batch, error, failure);
      }
      await pause(repeatPauseMs(failure, attempt));
      return await this.#commit(batch, attempt + 1);
    }
    this.#tell(batch, results);
  }

  #tell(batch: readonly Write[], results: unknown[]): void {
    const done = batch.map((write, index) => ({ write, result: results[index] }));
    for (const { write, result } of done) if (!write.durable) write.resolve(result);
    const durable = done.filter(({ write }) => write.durable);
    if (durable.length > 0) this.#synced = this.#confirm(durable);
  }

  async #inOrder(batch: readonly Write[], transaction: Transaction<Tables>): Promise<unknown[]> {
    const results: unknown[] = [];
    let from = performance.now();
    for (const { work } of batch) {
      if (performance.now() - from >= SLICE_MS && !this.#isUrgent) {
        await endOfTurn();
        from = performance.now();
      }
      results.push(await work(transaction));
    }
    return results;
  }

  /** Tells writers once a loss of power can do no harm any more; the next transaction does not wait for it. */
  async #confirm(done: { write: Write; result: unknown }[]): Promise<void> {
    try {
      await this.database.sync();
      for (const { write, result } of done) write.resolve(result);
    } catch (error) {
      for (const { write } of done) write.reject(error);
    }
  }

  /** One write of many failed and took the others with it: each is run again by itself, unless it would be in vain. */
  async #afterFailure(
    batch: readonly Write[],
    error: unknown,
    failure?: Failure,
  ): Promise<Failure | undefined> {
    if (batch.length === 1 || failure === "away" || failure === "cut") {
      for (const write of batch) write.reject(error);
      if (failure === "away") this.#giveUpWaiting(error);
      return failure;
    }
    for (const [index, write] of batch.entries()) {
      if (await this.#commit([write]) !== "away") continue;
      for (const next of batch.slice(index + 1)) next.reject(error);
      return "away";
    }
  }

  /** With the database away each would wait for the same time limit, one after the other. */
  #giveUpWaiting(error: unknown): void {
    this.#waitingRows = 0;
    for (const write of this.#waiting.splice(0)) write.reject(error);
  }
}

function nothing(): Promise<void> {
  return Promise.resolve();
}

/** Resolves after everything that this turn of the event loop has ready has run. */
function endOfTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
