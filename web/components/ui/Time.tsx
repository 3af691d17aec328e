/** A time: short to read, exact on hover and for machines. */
import { computed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { PageClock } from "../../lib/ui/clock.ts";
import { clockTime, exactTime, timeAgo } from "../../lib/ui/relative_time.ts";
import { useClock, useLanguage } from "./Page.tsx";

/** The server does not know the reader's time zone, so the first paint shows UTC. */
const zoneOf = ({ live }: PageClock) => live.value ? undefined : "UTC";

/** Says how long ago `iso` was, and goes on saying so. */
export function Ago({ iso }: { iso: string }) {
  const [clock, language] = [useClock(), useLanguage()];
  // What is drawn again each second is the text alone, and only where it says something else.
  const text = useMemo(() => computed(() => timeAgo(iso, clock.now.value, language)), [iso, language]);
  return <time dateTime={iso} title={exactTime(iso, language, zoneOf(clock))}>{text}</time>;
}

/** Says the hour and minute of `iso`. */
export function Clock({ iso }: { iso: string }) {
  const [clock, language] = [useClock(), useLanguage()];
  if (!iso) return null;
  const zone = zoneOf(clock);
  return (
    <time class="clock" dateTime={iso} title={exactTime(iso, language, zone)}>
      {clockTime(iso, language, zone)}
    </time>
  );
}
