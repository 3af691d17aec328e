/** Waiting for the disk without stopping the process. */
import { pause } from "./pause.ts";

/** Milliseconds between the starts of two syncs: while writes keep coming, more of them share one. */
const PACE_MS = 5;

/**
 * Waits for the disk beside the event loop. SQLite in WAL mode with `synchronous = NORMAL` has a commit in the
 * write-ahead log, where it survives the end of the process; a loss of power it survives once that file is synced.
 * SQLite itself can only sync while everything else in the process stands still, for a millisecond or many.
 */
export class WalSync {
  readonly #path: string | undefined;
  #file: Deno.FsFile | undefined;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #lastStart = -Infinity;

  /** For the database at `path`; one in memory (`:memory:`) has nothing to sync. */
  constructor(path: string) {
    // The database itself must not be opened: closing it would drop SQLite's lock.
    this.#path = path === ":memory:" ? undefined : `${path}-wal`;
  }

  /** Resolves once every commit so far survives a loss of power. Rejects when the disk fails. */
  sync(): Promise<void> {
    if (this.#path === undefined) return Promise.resolve();
    return this.#next ??= this.#begin(this.#path);
  }

  /** Waits for what is being synced, and lets go of the file. */
  async close(): Promise<void> {
    await Promise.allSettled([this.#running, this.#next]);
    this.#file?.close();
    this.#file = undefined;
  }

  /** One sync at a time: whoever asks while it runs shares the next one, since this one may have missed its commit. */
  async #begin(path: string): Promise<void> {
    await this.#running.catch(() => {});
    const tooEarlyMs = this.#lastStart + PACE_MS - performance.now();
    if (tooEarlyMs > 0) await pause(tooEarlyMs);
    this.#lastStart = performance.now();
    try {
      this.#file ??= await Deno.open(path, { write: true });
    } finally {
      this.#next = undefined;
    }
    this.#running = this.#file.syncData();
    await this.#running;
  }
}
