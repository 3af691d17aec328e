/** The same thing done to many dead letters: one after another, at the server's pace, until somebody says stop. */
import { type Signal, signal } from "@preact/signals";
import { ApiError } from "../live/api.ts";

/** How one was not done. */
export interface Failure {
  id: string;
  error: unknown;
}

export interface Progress {
  state: "working" | "ended" | "stopped" | "broken off";
  done: number;
  failed: number;
  /** How many there are in all; unknown while pages of them are still to be read. */
  total?: number;
  /** The first of those that were not done. */
  failures: readonly Failure[];
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
  pause?(ms: number, signal: AbortSignal): Promise<void>;
}

/** How many failures are kept to be shown. */
const MOST_SHOWN = 20;
const USUAL_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

const BEGINNING: Progress = { state: "working", done: 0, failed: 0, failures: [], isPausing: false };

export class Bulk {
  readonly progress: Signal<Progress> = signal(BEGINNING);
  readonly #options: BulkOptions;
  readonly #stopped = new AbortController();

  constructor(options: BulkOptions) {
    this.#options = options;
  }

  /** Does it to each. Never throws: `progress` says how it went. Without the server it is broken off. */
  async run(ids: Iterable<string> | AsyncIterable<string>): Promise<void> {
    const { signal } = this.#stopped;
    if (Array.isArray(ids)) this.#say({ total: ids.length });
    try {
      for await (const id of ids) {
        if (signal.aborted) break;
        await this.#one(id);
      }
      this.#say({ state: signal.aborted ? "stopped" : "ended" });
    } catch (error) {
      this.#say({ state: "broken off", error });
    }
  }

  /** Does no more of them; what is under way is finished. */
  stop(): void {
    this.#stopped.abort();
  }

  async #one(id: string): Promise<void> {
    try {
      if (!await this.#patiently(id)) return;
      this.#say({ done: this.progress.value.done + 1 });
      this.#options.onDone(id);
    } catch (error) {
      if (isUnreached(error)) throw error;
      const { failed, failures } = this.progress.value;
      this.#say({ failed: failed + 1, failures: [...failures, { id, error }].slice(0, MOST_SHOWN) });
    }
  }

  /** Tries until the server does not ask for a pause any more. Resolves to whether it was done before the end. */
  async #patiently(id: string): Promise<boolean> {
    const { act, pause = waited } = this.#options;
    while (!this.#stopped.signal.aborted) {
      try {
        await act(id);
        return true;
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 429) throw error;
        this.#say({ isPausing: true });
        await pause(Math.min(error.retryAfterMs ?? USUAL_PAUSE_MS, LONGEST_PAUSE_MS), this.#stopped.signal);
        this.#say({ isPausing: false });
      }
    }
    return false;
  }

  #say(news: Partial<Progress>): void {
    this.progress.value = { ...this.progress.value, ...news };
  }
}

/** Nothing else will be done either while the server is away. */
function isUnreached(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status === 503);
}

function waited(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
