/** What happens to tasks, as the server tells it: a stream of HTTP that is opened again whenever it is lost. */
import { ParleyError, retryable } from "../shared/error.ts";
import { pause, reconnectPauseMs } from "../shared/pause.ts";
import type { Api, Query } from "./api.ts";

/** What comes of a stream. */
export type StreamEvent = { kind: "update"; frame: Record<string, unknown> } | { kind: "lost" };

/**
 * Gives each update until the signal aborts. `lost` is told once for each outage; then what there is is told again.
 * Throws what the server refuses with, and `unavailable` when there is none at first.
 */
export async function* taskEvents(
  api: Api,
  query: Query,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent> {
  let wasOpen = false;
  for (let failures = 0; !signal.aborted; failures++) {
    if (failures > 0) await pause(reconnectPauseMs(failures), signal);
    if (signal.aborted) return;
    try {
      for await (const line of api.lines("/api/task-events", query, signal)) {
        [wasOpen, failures] = [true, 0];
        if (line.startsWith("data: ")) {
          yield { kind: "update", frame: JSON.parse(line.slice("data: ".length)) };
        }
      }
    } catch (thrown) {
      if (signal.aborted) return;
      if (!wasOpen || !retryable(ParleyError.from(thrown).code)) throw thrown;
    }
    if (failures === 0 && !signal.aborted) yield { kind: "lost" };
  }
}
