/** A time: short to read, exact on hover and for machines. */
import type { Desk } from "../lib/desk.ts";
import { clockTime, exactTime, timeAgo } from "../lib/relative_time.ts";

/** The server does not know the reader's time zone, so the first paint shows UTC. */
const zoneOf = ({ live }: Desk) => live.value ? undefined : "UTC";

/** Says how long ago `iso` was, and goes on saying so. */
export function Ago({ iso, desk }: { iso: string; desk: Desk }) {
  return <time dateTime={iso} title={exactTime(iso, zoneOf(desk))}>{timeAgo(iso, desk.now.value)}</time>;
}

/** Says the hour and minute of `iso`. */
export function Clock({ iso, desk }: { iso: string; desk: Desk }) {
  if (!iso) return null;
  return (
    <time class="clock" dateTime={iso} title={exactTime(iso, zoneOf(desk))}>
      {clockTime(iso, zoneOf(desk))}
    </time>
  );
}
