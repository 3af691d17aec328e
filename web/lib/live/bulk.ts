/** The same thing done to many: a few at a time, at the server's pace, until somebody says stop. */
import { type Signal, signal } from "@preact/signals";
import { ApiError } from "./api.ts";
import { isPace, patiently, pauseFor } from "./patiently.ts";

/** Those that were not done for one reason. */
export interface Failures {
  count: number;
  /** The first of them. */
  ids: readonly string[];
}

export interface Progress {
  state: "working" | "ended" | "stopped" | "broken off";
  done: number;
  failed: number;
  /** How many there are in all; unknown while pages of them are still to be read. */
  total?: number;
  /** Why they were not done, in the server's words; the first reasons, where there are many. */
  reasons: ReadonlyMap<string, Failures>;
  /** Whether the server asked for a pause. */
  isPausing: boolean;
  /** Why it was broken off. */
  error?: unknown;
}

export interface BulkOptions {
  act(id: string): Promise<unknown>;
  /** One was done. */
  onDone(id: string): void;
  /** Waits, or less when `signal` aborts. */
  pause?(ms: number, signal?: AbortSignal): Promise<void>;
}

/** How many are under way at once: the server is others', too. */
const AT_ONCE = 4;
/** How many reasons are kept to be shown, and how many ids of each. */
const MOST_REASONS = 20;
const MOST_NAMED = 10;

const BEGINNING: Progress = { state: "working", done: 0, failed: 0, reasons: new Map(), isPausing: false };

export class Bulk {
  readonly progress: Signal<Progress> = signal(BEGINNING);
  readonly #options: BulkOptions;
  readonly #stopping = new AbortController();
  #pausing = 0;
  /** Whether one was not tried, or not to its end. */
  #isCut = false;
  #error: unknown;

  constructor(options: BulkOptions) {
    this.#options = options;
  }

  /** Does it to each. Never throws: `progress` says how it went. Without the server it is broken off. */
  async run(ids: Iterable<string> | AsyncIterable<string>): Promise<void> {
    if (Array.isArray(ids)) this.#say({ total: ids.length });
    const rest = oneByOne(ids);
    await Promise.all(Array.from({ length: AT_ONCE }, () => this.#work(rest)));
    if (this.#error !== undefined) this.#say({ state: "broken off", error: this.#error });
    else this.#say({ state: this.#isCut ? "stopped" : "ended" });
  }

  /** Does no more of them; what is under way is finished. */
  stop(): void {
    this.#stopping.abort();
  }

  async #work(rest: AsyncGenerator<string>): Promise<void> {
    try {
      for await (const id of rest) {
        if (this.#stopping.signal.aborted) {
          this.#isCut = true;
          return;
        }
        await this.#one(id);
      }
    } catch (error) {
      this.#error ??= error;
      this.stop();
    }
  }

  async #one(id: string): Promise<void> {
    const { signal } = this.#stopping;
    try {
      const pause = (ms: number) => this.#pause(ms);
      await patiently(() => this.#options.act(id), { signal, mostTries: Infinity, pause });
    } catch (error) {
      if (isUnreached(error)) throw error;
      if (isPace(error)) this.#isCut = true;
      else this.#fail(id, error);
      return;
    }
    this.#say({ done: this.progress.value.done + 1 });
    this.#options.onDone(id);
  }

  #fail(id: string, error: unknown): void {
    const { failed, reasons } = this.progress.value;
    const reason = error instanceof Error ? error.message : String(error);
    this.#say({ failed: failed + 1, reasons: withFailure(reasons, reason, id) });
  }

  async #pause(ms: number): Promise<void> {
    this.#say({ isPausing: ++this.#pausing > 0 });
    await (this.#options.pause ?? pauseFor)(ms, this.#stopping.signal);
    this.#say({ isPausing: --this.#pausing > 0 });
  }

  #say(news: Partial<Progress>): void {
    this.progress.value = { ...this.progress.value, ...news };
  }
}

/** A generator answers those who ask it at the same time one after another: each id is given once. */
async function* oneByOne(ids: Iterable<string> | AsyncIterable<string>): AsyncGenerator<string> {
  yield* ids;
}

function withFailure(reasons: Progress["reasons"], reason: string, id: string): Progress["reasons"] {
  const { count, ids } = reasons.get(reason) ?? { count: 0, ids: [] };
  if (count === 0 && reasons.size === MOST_REASONS) return reasons;
  return new Map(reasons).set(reason, { count: count + 1, ids: [...ids, id].slice(0, MOST_NAMED) });
}

/** Nothing else will be done either while the server is away. */
function isUnreached(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status === 503);
}
