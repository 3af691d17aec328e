/** Writes the roster to the store behind everybody's back: whoever changes it never waits for a database. */
import { logOf } from "../../shared/log.ts";
import type { Principal } from "../../shared/model/principal.ts";
import type { PeerRow, RosterStore } from "../../shared/store/store.ts";
import { allOf } from "../all_of.ts";
import type { Clock } from "./clock.ts";

const log = logOf("server", "roster");

/** Milliseconds that being seen may wait to be written, together with others. */
const SEEN_MS = 1_000;
/** Milliseconds before a failed write is tried again. */
const AGAIN_MS = 1_000;

export interface RosterWriterOptions {
  store: RosterStore;
  principal: Principal;
  clock: Clock;
}

/** Keeps what is still to be written, by id; one write runs at a time, and what failed is tried again. */
export class RosterWriter implements AsyncDisposable {
  readonly #saves = new Map<string, () => PeerRow>();
  readonly #seen = new Map<string, () => PeerRow>();
  readonly #removals = new Set<string>();
  #isFrozen = false;
  #writing: Promise<void> | undefined;
  /** The write that follows, which has not begun. */
  #next: Promise<void> | undefined;
  #timer: Disposable | undefined;
  #isClosed = false;

  constructor(readonly options: RosterWriterOptions) {}

  /** Writes the whole row soon. Resolves after the next write, also when that failed (then it is tried again). */
  save(id: string, row: () => PeerRow): Promise<void> {
    this.#removals.delete(id);
    this.#saves.set(id, row);
    return this.#write();
  }

  /** Writes when the peer was last seen, and its status, within a second. */
  seen(id: string, row: () => PeerRow): void {
    if (this.#isFrozen) return;
    this.#seen.set(id, row);
    this.#writeWithin(SEEN_MS);
  }

  /** Keeps everybody's presence as it is now: what is still to be written does not change any more. */
  freeze(): void {
    this.#isFrozen = true;
    for (const rows of [this.#saves, this.#seen]) {
      for (const [id, row] of rows) {
        const now = row();
        rows.set(id, () => now);
      }
    }
  }

  /** Removes the row soon. */
  remove(id: string): void {
    this.#saves.delete(id);
    this.#seen.delete(id);
    this.#removals.add(id);
    void this.#write();
  }

  /** Joins the write that is about to start; while one runs, the next follows it. */
  #write(): Promise<void> {
    return this.#next ??= (this.#writing ?? Promise.resolve()).then(() => {
      this.#next = undefined;
      return this.#writing = this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    try {
      // The store keeps their order: what was saved is there when it is noted that it was seen.
      await allOf([this.#remove(), this.#save(), this.#noteSeen()]);
    } catch (cause) {
      log.warning("The roster could not be written; trying again in {ms} ms: {cause}", {
        ms: AGAIN_MS,
        cause,
      });
      this.#writeWithin(AGAIN_MS);
    }
  }

  #writeWithin(ms: number): void {
    if (this.#isClosed) return;
    this.#timer ??= this.options.clock.after(ms, () => void this.#write());
  }

  async #remove(): Promise<void> {
    const { store, principal } = this.options;
    await allOf([...this.#removals].map(async (id) => {
      await store.remove(principal, id);
      this.#removals.delete(id);
    }));
  }

  async #save(): Promise<void> {
    const { store, principal } = this.options;
    await allOf([...this.#saves].map(async ([id, row]) => {
      await store.save(principal, row());
      if (this.#saves.get(id) === row) this.#saves.delete(id);
    }));
  }

  async #noteSeen(): Promise<void> {
    const noted = [...this.#seen];
    if (noted.length === 0) return;
    const peers = noted.map(([, row]) => row()).map(({ id, last_seen, status }) => ({
      id,
      last_seen,
      status,
    }));
    await this.options.store.seen(this.options.principal, peers);
    for (const [id, row] of noted) if (this.#seen.get(id) === row) this.#seen.delete(id);
  }

  /** Writes what is left, once. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#write();
  }
}
