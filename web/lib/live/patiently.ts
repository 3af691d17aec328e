/** Something asked of the server, and again after the pause that it asks for. */
import { ApiError } from "./api.ts";

const MOST_TRIES = 8;
const USUAL_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

export interface PatienceOptions {
  /** Ends a pause, and the trying. */
  signal?: AbortSignal | undefined;
  mostTries?: number;
  /** Waits, or less when `signal` aborts. */
  pause?(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Does `work`, and again where the server asks to wait. Throws what else went wrong, or the last such answer. */
export async function patiently<Answer>(
  work: () => Promise<Answer>,
  { signal, mostTries = MOST_TRIES, pause = pauseFor }: PatienceOptions = {},
): Promise<Answer> {
  for (let tries = 1;; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!isPace(error) || tries === mostTries || signal?.aborted) throw error;
      await pause(Math.min(error.retryAfterMs ?? USUAL_PAUSE_MS, LONGEST_PAUSE_MS), signal);
      if (signal?.aborted) throw error;
    }
  }
}

/** Tells whether the server asks to wait, and nothing else is wrong. */
export function isPace(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 429;
}

/** Resolves after `ms`, or as soon as `signal` aborts. */
export function pauseFor(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
