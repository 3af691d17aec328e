/** Staying connected: an attempt that ends is made again, with pauses that grow while the other side is away. */
import type { Logger } from "../shared/log.ts";
import { pause, reconnectPauseMs, WORTH_TELLING } from "../shared/pause.ts";

export interface PersistOptions {
  signal: AbortSignal;
  log: Logger;
  /** Names the other side in the log. */
  what: string;
}

/**
 * Makes `attempt` again each time it ends or fails, until `signal` aborts. An attempt calls `succeeded` once it is
 * connected; the pauses then begin small again. Never rejects.
 */
export async function persist(
  attempt: (succeeded: () => void) => Promise<void>,
  { signal, log, what }: PersistOptions,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const reason = await attempt(() => failures = 0).then(() => "The connection ended.", sentenceOf);
    if (signal.aborted) return;
    const waitMs = reconnectPauseMs(++failures);
    if (failures === WORTH_TELLING) {
      log.warning("No connection to {what}; trying again until there is: {reason}", { what, reason });
    } else log.debug("No connection to {what} yet; again in {waitMs} ms: {reason}", { what, waitMs, reason });
    await pause(waitMs, signal);
  }
}

function sentenceOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
