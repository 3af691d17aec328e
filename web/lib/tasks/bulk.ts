/** The same thing done to many tasks: a few at a time, at the server's pace, and stopped when somebody says so. */
import { ApiError } from "../live/api.ts";

/** How many are under way at once: the server is others', too. */
const AT_ONCE = 4;
/** How often one is tried where the server asks to wait. */
const MOST_TRIES = 8;

export interface BulkResult {
  done: number;
  /** Why, and which. */
  failed: ReadonlyMap<string, readonly string[]>;
  /** Nobody asked the server about these, since it was stopped. */
  left: number;
}

export interface BulkOptions {
  signal: AbortSignal;
  onProgress(done: number): void;
  /** Says why it failed, in words. */
  reasonOf(error: unknown): string;
}

/** Calls `act` for each id. Never throws: what failed is in the result, gathered by its reason. */
export async function doEach(
  ids: readonly string[],
  act: (id: string) => Promise<unknown>,
  { signal, onProgress, reasonOf }: BulkOptions,
): Promise<BulkResult> {
  const failed = new Map<string, string[]>();
  let [next, done, settled] = [0, 0, 0];
  const work = async () => {
    while (next < ids.length && !signal.aborted) {
      const id = ids[next++]!;
      try {
        await act(id);
        done++;
      } catch (error) {
        const reason = reasonOf(error);
        failed.set(reason, [...failed.get(reason) ?? [], id]);
      }
      onProgress(++settled);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, ids.length) }, work));
  return { done, failed, left: ids.length - settled };
}

/** Does `work`, and again after the pause that the server asks for where that is what it says. */
export async function patiently<Answer>(
  work: () => Promise<Answer>,
  { signal, pause = pauseFor }: { signal?: AbortSignal; pause?: typeof pauseFor } = {},
): Promise<Answer> {
  for (let tries = 1;; tries++) {
    try {
      return await work();
    } catch (error) {
      const isPace = error instanceof ApiError && error.status === 429;
      if (!isPace || tries === MOST_TRIES || signal?.aborted) throw error;
      await pause(error.retryAfterMs ?? 1_000, signal);
    }
  }
}

/** Resolves after `ms`, or as soon as `signal` aborts. */
function pauseFor(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.min(ms, 60_000));
    signal?.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
