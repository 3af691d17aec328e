/** Waiting that ends in time. */

/** Waits `ms` milliseconds, or less when `signal` aborts. Never rejects. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end, { once: true });
  });
}

/** Waits for `work`, at most `ms` milliseconds. Tells whether it ended in time; a rejection passes through. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<boolean> {
  const done = new AbortController();
  try {
    return await Promise.race([work.then(() => true), pause(ms, done.signal).then(() => false)]);
  } finally {
    done.abort();
  }
}

/** Failures in a row after which somebody is told: whatever starts together needs a moment to find each other. */
export const WORTH_TELLING = 6;

const FIRST_MS = 100;
const LONGEST_MS = 3_000;

/**
 * Decides how long to pause before coming back after `failures` in a row (from 1), in milliseconds: 100 doubling to
 * 3,000, of which chance leaves out up to half, so that many do not come back at once.
 */
export function reconnectPauseMs(failures: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 16));
  return Math.round(full * (0.5 + random() / 2));
}
