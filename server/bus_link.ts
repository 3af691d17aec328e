/** The server's bus, and how its connection is. */
import type { MessageBus } from "../shared/bus/bus.ts";
import { openBus } from "../shared/bus/open.ts";
import { withRetry } from "../shared/bus/retry.ts";
import { logOf } from "../shared/log.ts";

const log = logOf("server");

/** Opens the bus at `url` with retrying around it; `link` hears how its connection is. */
export async function openRetryingBus(
  url: string,
  config: { AGENT_MAX_RETRIES: number },
  link: BusLink,
): Promise<MessageBus> {
  const bus = await openBus(url, { onStateChange: link.note });
  return withRetry(bus, { maxAttempts: config.AGENT_MAX_RETRIES + 1 });
}

/** Knows how the bus's connection is; a bus without one never says anything. */
export class BusLink {
  fault: string | undefined;

  readonly note = (state: "connected" | "connecting", detail: string): void => {
    const before = this.fault;
    this.fault = state === "connected" ? undefined : `The queues cannot be reached: ${detail}`;
    if (this.fault && this.fault === before) return;
    if (this.fault) log.warning("{fault}", { fault: this.fault });
    else log.info("The queues are there: {detail}", { detail });
  };
}
