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
