/** Group commit: what is to be written in one turn of the event loop is written together. */
import { ParleyError } from "../error.ts";
import { logOf } from "../log.ts";
import type { Envelope } from "./bus.ts";
import type { Entry } from "./local_queue.ts";
import type { Batch, Journal } from "./sqlite_journal.ts";

const log = logOf("bus", "sqlite");
/** What nobody waits for is written this much later, in milliseconds, unless something else is written before. */
const LAZY_MS = 20;
/** Milliseconds before a write that the disk refused is tried again. */
const PAUSE_AFTER_REFUSAL_MS = 1_000;

/** What the bus does around a commit. */
export interface CommitOptions {
  /** Tells whether the entry will be handed out as soon as it is stored, so that its claim is stored with it. */
  wouldHandOut: (entry: Entry) => boolean;
  /** Takes over entries that are stored now. */
  stored: (entries: Entry[]) => void;
  /** Hears of entries that could not be stored, and that their publishers are told of. */
  refused: (entries: Entry[]) => void;
}

interface Waiting {
  entry: Entry;
  envelope: Envelope;
  /** A reader may have it already. */
  isEarly: boolean;
  resolve: () => void;
  reject: (error: ParleyError) => void;
}

/** Collects changes and writes them: new messages at the end of the turn, the rest along with them or a little later. */
export class GroupCommit {
  readonly #waiting = new Map<Entry, Waiting>();
  /** Handed out once their claim is stored. */
  #held: Entry[] = [];
  #batch = emptyBatch();
  #synced: Promise<void> = Promise.resolve();
  #soon: ReturnType<typeof setImmediate> | undefined;
  #later: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly journal: Journal, readonly options: CommitOptions) {}

  /**
   * Resolves once the message is stored, or finished before that. One that a reader may have already (`isEarly`) is
   * stored a little later, since it may be finished by then. Throws `unavailable` when the disk refuses.
   */
  insert(entry: Entry, envelope: Envelope, { isEarly }: { isEarly: boolean }): Promise<void> {
    if (isEarly) this.#commitLater(LAZY_MS);
    else this.#commitSoon();
    return new Promise((resolve, reject) =>
      this.#waiting.set(entry, { entry, envelope, isEarly, resolve, reject })
    );
  }

  /** Tells whether the entry is still to be stored. */
  isUnstored(entry: Entry): boolean {
    return this.#waiting.has(entry);
  }

  /**
   * Gives the entry to its taker: at once when this is its first attempt or it is not stored yet (then its claim is
   * stored with it), otherwise once the claim is stored.
   */
  claim(entry: Entry): void {
    if (this.#waiting.has(entry)) return entry.taker?.give(entry);
    this.#batch.claimed.push(entry);
    if (entry.attempts === 0) {
      this.#commitLater(LAZY_MS);
      entry.taker?.give(entry);
    } else {
      this.#held.push(entry);
      this.#commitSoon();
    }
  }

  /** Writes that the entry waits again. */
  giveBack(entry: Entry): void {
    entry.claimed = false;
    if (this.#waiting.has(entry)) return;
    this.#batch.returned.push(entry);
    this.#commitLater(LAZY_MS);
  }

  /** Writes that the entry is finished; one that is not stored yet never is, and its publisher is told. */
  remove(entry: Entry): void {
    const unstored = this.#waiting.get(entry);
    if (unstored) {
      this.#waiting.delete(entry);
      return unstored.resolve();
    }
    this.#batch.removed.push(entry);
    this.#commitLater(LAZY_MS);
  }

  /** Writes everything now. */
  flush(): void {
    this.#cancel();
    const held = this.#held.splice(0);
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    const batch = this.#takeBatch(waiting);
    try {
      this.journal.write(batch);
    } catch (error) {
      return this.#refused({ batch, held, waiting, error });
    }
    for (const entry of batch.claimed) entry.claimed = true;
    for (const entry of held) entry.taker?.give(entry);
    this.options.stored(waiting.map(({ entry }) => entry));
    if (waiting.length > 0) this.#synced = this.#confirm(waiting);
  }

  /** Writes everything, and closes the journal once every publisher has been told. */
  async close(): Promise<void> {
    this.flush();
    // The first may have handed entries to readers that are gone; this one stores that they came back.
    this.flush();
    this.#cancel();
    await this.#synced;
    await this.journal.close();
  }

  /** Tells publishers once a loss of power can do no harm any more. Never rejects. */
  async #confirm(waiting: Waiting[]): Promise<void> {
    try {
      await this.journal.sync();
      for (const { resolve } of waiting) resolve();
    } catch (error) {
      log.error("The queue file could not be synced", { error });
      for (const { reject } of waiting) reject(notWritten(error));
    }
  }

  #commitSoon(): void {
    this.#soon ??= setImmediate(() => this.flush());
  }

  #commitLater(afterMs: number): void {
    this.#later ??= setTimeout(() => this.flush(), afterMs);
  }

  #cancel(): void {
    clearImmediate(this.#soon);
    clearTimeout(this.#later);
    this.#soon = this.#later = undefined;
  }

  #takeBatch(inserted: Waiting[]): Batch {
    const { claimed, returned, removed } = this.#batch;
    for (const { entry, isEarly } of inserted) {
      entry.claimed = isEarly ? entry.state === "out" : this.options.wouldHandOut(entry);
    }
    this.#batch = emptyBatch();
    return { inserted, claimed: claimed.filter((entry) => entry.state === "out"), returned, removed };
  }

  /** Publishers are told; everything else is tried again. */
  #refused({ batch, held, waiting, error }: Refused): void {
    log.error("The queue file refused a write", { error });
    this.options.refused(waiting.map(({ entry }) => entry));
    for (const { reject } of waiting) reject(notWritten(error));
    this.#batch = { ...batch, inserted: [] };
    this.#held = held;
    this.#commitLater(PAUSE_AFTER_REFUSAL_MS);
  }
}

interface Refused {
  batch: Batch;
  held: Entry[];
  waiting: Waiting[];
  error: unknown;
}

function notWritten(cause: unknown): ParleyError {
  const text = "The queue file cannot be written. Is the disk full?";
  return new ParleyError("unavailable", text, { cause });
}

function emptyBatch(): Batch {
  return { inserted: [], claimed: [], returned: [], removed: [] };
}
