/** The history of presence: every change with its time and reason, written behind everybody's back. */
import { logOf } from "../../shared/log.ts";
import type { AgentStatus } from "../../shared/model/agent.ts";
import type { Principal } from "../../shared/model/principal.ts";
import type { PresenceChange } from "../../shared/model/presence.ts";
import type { HistoryStore } from "../../shared/store/store.ts";
import type { Clock } from "./clock.ts";

const log = logOf("server", "history");

/** Milliseconds before a failed write is tried again. */
const AGAIN_MS = 1_000;
const PRUNE_EVERY_MS = 60 * 60 * 1_000;
/** How long changes are kept, in milliseconds, and how many of each peer. */
const KEEP_MS = 90 * 24 * 60 * 60 * 1_000;
const KEEP = 100_000;
/** How many wait at most to be written while that fails. */
const MOST_PENDING = 100_000;
/** How many are written with one transaction. */
const BATCH = 1_000;

export interface HistoryOptions {
  store: HistoryStore;
  principal: Principal;
  clock: Clock;
}

/** Whom something is noted of, as they are now. */
export interface Subject {
  id: string;
  kind: "agent" | "broker";
  isOnline: boolean;
  status: AgentStatus;
}

/** Nothing here waits for the store, and nothing that was noted is lost while it fails. Disposing writes what is left, once. */
export class History implements AsyncDisposable {
  /** How each peer was when something was last noted of it. */
  readonly #shown = new Map<string, string>();
  #pending: PresenceChange[] = [];
  #writing: Promise<void> | undefined;
  #again: Disposable | undefined;
  #pruning: Disposable | undefined;
  #isClosed = false;
  #isFrozen = false;

  constructor(private readonly options: HistoryOptions) {
    this.#pruneLater();
  }

  /** Notes how `subject` is now, unless it was so already. */
  note(subject: Subject, reason: string): void {
    if (this.#shown.get(subject.id) !== lookOf(subject)) this.noteEvent(subject, reason);
  }

  /** Notes what happened to `subject`, whether it looks different or not. `at`: when, in milliseconds since 1970; default now. */
  noteEvent(subject: Subject, reason: string, at: number = this.options.clock.now()): void {
    const { id, kind, status, isOnline: is_online } = subject;
    if (this.#isFrozen) return;
    this.#shown.set(id, lookOf(subject));
    this.#pending.push({ id, kind, at: new Date(at).toISOString(), status, is_online, reason });
    if (this.#pending.length > MOST_PENDING) this.#dropOldest();
    if (!this.#again) this.#writing ??= this.#write();
  }

  /** Notes nothing more: whoever leaves from here on leaves because the server ends. */
  freeze(): void {
    this.#isFrozen = true;
  }

  /** Forgets how somebody looked that is known no longer. */
  forget(id: string): void {
    this.#shown.delete(id);
  }

  /** Resolves once everything noted so far is kept, or could not be (then it is tried again). */
  async kept(): Promise<void> {
    await this.#writing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#again?.[Symbol.dispose]();
    this.#pruning?.[Symbol.dispose]();
    await this.#writing;
    if (this.#pending.length > 0) await this.#write();
    const { length: count } = this.#pending;
    if (count > 0) log.error("{count} changes of presence were not written, and are lost", { count });
  }

  #dropOldest(): void {
    const dropped = this.#pending.splice(0, BATCH).length;
    log.error("The history cannot be written; its {dropped} oldest changes are lost", { dropped });
  }

  async #write(): Promise<void> {
    // What is noted in the same turn goes together.
    await Promise.resolve();
    const { store, principal } = this.options;
    // Not among the pending ones while it is written, so that it is not dropped as the oldest.
    let batch: PresenceChange[] = [];
    try {
      while (this.#pending.length > 0) {
        batch = this.#pending.splice(0, BATCH);
        await store.add(principal, batch);
      }
    } catch (cause) {
      this.#pending.unshift(...batch);
      log.warning("The history could not be written: {cause}", { cause });
      this.#tryAgain();
    } finally {
      this.#writing = undefined;
    }
  }

  #tryAgain(): void {
    if (this.#isClosed) return;
    this.#again = this.options.clock.after(AGAIN_MS, () => {
      this.#again = undefined;
      this.#writing ??= this.#write();
    });
  }

  #pruneLater(): void {
    const { clock, store, principal } = this.options;
    this.#pruning = clock.after(PRUNE_EVERY_MS, () => {
      const before = new Date(clock.now() - KEEP_MS).toISOString();
      store.prune(principal, before, KEEP).catch((cause) =>
        log.warning("Old history could not be dropped; trying again later: {cause}", { cause })
      );
      this.#pruneLater();
    });
  }
}

function lookOf({ isOnline, status }: Subject): string {
  return `${isOnline} ${status}`;
}
