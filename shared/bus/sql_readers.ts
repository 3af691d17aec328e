/** The readers of one process by their queues, since a server may have one for each of thousands of agents. */
import type { SqlReader } from "./sql_reader.ts";

/** Knows who reads what. */
export class SqlReaders implements Iterable<SqlReader> {
  readonly #byQueue = new Map<string, Set<SqlReader>>();

  add(reader: SqlReader): void {
    const readers = this.#byQueue.get(reader.queue) ?? new Set();
    this.#byQueue.set(reader.queue, readers.add(reader));
  }

  delete(reader: SqlReader): void {
    const readers = this.#byQueue.get(reader.queue);
    readers?.delete(reader);
    if (readers?.size === 0) this.#byQueue.delete(reader.queue);
  }

  /** Gives the readers of `queue`. */
  of(queue: string): SqlReader[] {
    return [...this.#byQueue.get(queue) ?? []];
  }

  *[Symbol.iterator](): Iterator<SqlReader> {
    for (const readers of this.#byQueue.values()) yield* readers;
  }
}
