/** When an agent was there, as a table and in a sentence. */
import { colourOf } from "./paint.ts";
import { tableOf } from "./table.ts";
import type { Shown } from "./agents_table.ts";
import { duration, timeAgo } from "./time.ts";

/** One change, as `GET /api/agents/:id/history` shows it. */
export interface Change {
  at: string;
  status: string;
  is_online: boolean;
  reason: string;
}

export interface Availability {
  from: string;
  to: string;
  online_ms: number;
  known_ms: number;
  /** Null: nothing is known of that time. */
  ratio: number | null;
}

/** Draws changes, in the order given. */
export function historyTable(changes: readonly Change[], { nowMs, ...options }: Shown): string {
  return tableOf(changes, [
    { title: "AT", cell: ({ at }) => at },
    { title: "", cell: ({ at }) => timeAgo(at, nowMs) },
    { title: "STATUS", cell: ({ status }) => status, colour: ({ status }) => colourOf(status) },
    { title: "REASON", cell: ({ reason }) => reason },
  ], options);
}

/** Says how much of the time the agent was there. */
export function availabilityOf({ online_ms, known_ms, ratio }: Availability): string {
  if (ratio === null) return "Nothing is known of that time.";
  return `Online ${percent(ratio)} of the time: ${duration(online_ms)} of ${
    duration(known_ms)
  } that are known of.`;
}

/** Rounds down: only what was always there is 100 %. */
function percent(ratio: number): string {
  return `${Math.floor(ratio * 1_000) / 10} %`;
}
