/** One open database: reads go straight to it, writes are grouped, and its errors are told in our codes. */
import type { Compilable, DeleteQueryBuilder, DeleteResult, Kysely, Transaction } from "kysely";
import { ParleyError } from "../../error.ts";
import type { StoreDialect } from "../dialect.ts";
import { GroupCommit, type Work } from "./group_commit.ts";
import { type Named, prepare, type Prepared } from "./prepared.ts";
import type { Tables } from "./schema.ts";

/** Gives the stores their way to the database. Throws `unavailable` when it cannot be reached or is closed. */
export class Database implements AsyncDisposable {
  readonly #writes: GroupCommit;
  #closed = false;

  constructor(readonly db: Kysely<Tables>, readonly dialect: StoreDialect) {
    this.#writes = new GroupCommit({
      transact: (work) => db.transaction().execute(work),
      sync: () => dialect.sync?.() ?? Promise.resolve(),
      failureOf: (error) => dialect.failureOf?.(error),
    }, dialect.paceMs);
  }

  /** Runs a read; it sees every write that was asked for before it. */
  read<T>(query: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
    return this.#explained(async () => {
      await this.#writes.flushed();
      return await this.#twice(() => query(this.db));
    });
  }

  /** Compiles a query once, for reads and writes that run for every message. */
  prepare<Values extends object, Row = never>(
    build: (named: Named<Values>) => Compilable<Row>,
  ): Prepared<Values, Row> {
    return prepare(build, this.dialect);
  }

  /** Runs a read that waits for no write: it sees what is committed, and may see what is about to be, or to be undone. */
  readNow<T>(query: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
    return this.#explained(() => this.#twice(() => query(this.db)));
  }

  /** Holds back other servers' writes that lock `name` until `tx` ends. */
  async lock(tx: Transaction<Tables>, name: string): Promise<void> {
    await this.dialect.lock?.(tx, name);
  }

  /** Runs a write of about so many `rows`; it survives a loss of power once it has resolved. */
  write<T>(work: Work<T>, rows = 1): Promise<T> {
    return this.#explained(() => this.#writes.write(work, { durable: true, rows }));
  }

  /** Runs a write of about so many `rows` that survives the end of the process, and costs no wait for the disk. */
  writeRelaxed<T>(work: Work<T>, rows = 1): Promise<T> {
    return this.#explained(() => this.#writes.write(work, { durable: false, rows }));
  }

  /** Repeats a delete of at most `rows` rows, each in a write of its own, until it finds fewer than that. */
  async removeInSteps(
    rows: number,
    step: (tx: Transaction<Tables>) => DeleteQueryBuilder<Tables, keyof Tables, DeleteResult>,
  ): Promise<void> {
    for (;;) {
      const { numDeletedRows } = await this.writeRelaxed((tx) => step(tx).executeTakeFirstOrThrow());
      if (numDeletedRows < rows) return;
    }
  }

  /** Finishes what was asked for, then closes. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#writes.idle();
    await this.dialect.close?.();
    await this.db.destroy();
  }

  /** Reads once more when the connection was lost: those in the pool may all have been, with another to be had at once. */
  async #twice<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (this.dialect.failureOf?.(error) !== "cut") throw error;
      return await read();
    }
  }

  async #explained<T>(run: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new ParleyError("unavailable", "The store is closed.");
    try {
      return await run();
    } catch (error) {
      throw this.dialect.explain(error) ?? error;
    }
  }
}
