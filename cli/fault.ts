/** What ends a command early, besides the errors that the server tells of. */

/** Says what is wrong with the command line; the process ends with 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Says that Ctrl-C, or whoever ends processes, asked for the end. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** Says that the output cannot be written, though somebody reads it. */
export class OutputError extends Error {
  override readonly name = "OutputError";
}

/** Tells whether what was thrown says that nothing can be shown any more: its reader is gone, or it cannot be written. */
export function isOutputOver(thrown: unknown): boolean {
  return thrown instanceof Deno.errors.BrokenPipe || thrown instanceof OutputError;
}

/** Waits for `work`, whatever keeps it waiting. Throws `Interrupted` as soon as the signal aborts. */
export async function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const interrupt = () => reject(new Interrupted("Interrupted."));
  signal.addEventListener("abort", interrupt, { once: true });
  if (signal.aborted) interrupt();
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", interrupt);
  }
}
