/** When an agent was there, as a table and in a sentence. */
import type { Availability, PresenceChange } from "../../shared/model/presence.ts";
import { colourOf } from "./paint.ts";
import { tableOf } from "./table.ts";
import type { Shown } from "./agents_table.ts";
import { duration, timeAgo } from "./time.ts";

/** Draws changes, in the order given. */
export function historyTable(changes: readonly PresenceChange[], { nowMs, ...options }: Shown): string {
  return tableOf(changes, [
    { title: "AT", cell: ({ at }) => at, isWhole: true, goes: 1 },
    { title: "", cell: ({ at }) => timeAgo(at, nowMs), isWhole: true },
    {
      title: "STATUS",
      cell: ({ status }) => status,
      colour: ({ status }) => colourOf(status),
      isWhole: true,
    },
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
