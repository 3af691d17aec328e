/** How much stands in queues, as it is drawn over time: those of agents may be hundreds, and are one line. */
import type { QueueStats } from "../../shared/bus/bus.ts";
import { agentQueue } from "../../shared/model/queue.ts";

const AGENTS = agentQueue("");

/** Gives how many messages are ready in each queue, in all agents' together. */
export function depthsOf(queues: readonly Pick<QueueStats, "queue" | "ready">[]): Record<string, number> {
  const depths = new Map<string, number>();
  for (const { queue, ready } of queues) {
    const name = queue.startsWith(AGENTS) ? `${AGENTS}*` : queue;
    depths.set(name, (depths.get(name) ?? 0) + ready);
  }
  return Object.fromEntries(depths);
}
