/** Availability: for how much of a period somebody was online, by the changes that are kept. Pure. */
import type { Availability, PresenceChange } from "../../shared/model/presence.ts";

export interface Period {
  /** Milliseconds since 1970; `from` is not after `to`. */
  from: number;
  to: number;
  /** What lies after it is not known yet. */
  now: number;
}

/**
 * Computes availability. `before`: whether it was online when the period began, undefined when it was not known then;
 * `changes`: those within the period, oldest first. A change whose time lies before the one ahead of it counts from
 * that one's on.
 */
export function availabilityOf(
  { from, to, now }: Period,
  before: boolean | undefined,
  changes: Iterable<Pick<PresenceChange, "at" | "is_online">>,
): Availability {
  let state = before;
  let since = from;
  let onlineMs = 0;
  let knownMs = 0;
  const until = (time: number) => {
    const at = Math.max(since, Math.min(time, to, now));
    if (state !== undefined) knownMs += at - since;
    if (state === true) onlineMs += at - since;
    since = at;
  };
  for (const { at, is_online } of changes) {
    until(Date.parse(at));
    state = is_online;
  }
  until(to);
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    online_ms: onlineMs,
    known_ms: knownMs,
    ratio: knownMs > 0 ? Math.round(onlineMs / knownMs * 1e6) / 1e6 : null,
  };
}
