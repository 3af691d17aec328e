/** Ending: one signal asks for it, closing has a bounded time, a second signal ends at once. */

/** Signals that come closer together than this, in milliseconds, are one wish: a launcher may pass on what all were sent. */
const SAME_WISH_MS = 1_000;

/** Resolves with the first SIGINT or SIGTERM; one that comes a second or more later ends the process at once with code 130. */
export function untilSignal(): Promise<Deno.Signal> {
  return new Promise((resolve) => {
    const repeated = createRepeat();
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      Deno.addSignalListener(signal, () => {
        if (repeated()) Deno.exit(130);
        resolve(signal);
      });
    }
  });
}

/** Makes a function that tells whether it was called before, a second or more ago. */
export function createRepeat(now: () => number = () => performance.now()): () => boolean {
  let firstAt: number | undefined;
  return () => {
    firstAt ??= now();
    return now() - firstAt >= SAME_WISH_MS;
  };
}
