/** When an agent was there: read from the server, and as pieces of a line to draw. */
import type { Availability, PresenceChange } from "../../../shared/model/presence.ts";
import type { Listed } from "../server/server_api.ts";

export type Change = Pick<PresenceChange, "at" | "status" | "is_online" | "reason">;

/** The changes of a period, newest first. */
export interface History {
  items: Change[];
  availability: Availability;
  /** There are earlier changes in the period than were read. */
  isCut: boolean;
}

interface HistoryPage extends Listed<Change> {
  availability: Availability | null;
}

/** The periods that can be chosen, in hours. */
export const SPANS = { day: 24, week: 7 * 24 } as const;
export type Span = keyof typeof SPANS;

const HOUR_MS = 3_600_000;
const MOST_PAGES = 10;

/** Reads the period from the address. */
export function spanIn(search: URLSearchParams): Span {
  return search.get("span") === "week" ? "week" : "day";
}

/** Says when a period that ends at `nowMs` began. */
export function periodStart(span: Span, nowMs: number): string {
  return new Date(nowMs - SPANS[span] * HOUR_MS).toISOString();
}

/** Reads the changes since `from` by `read`, page by page. Gives undefined where there is no answer. */
export async function readHistory(
  read: (path: string) => Promise<unknown>,
  id: string,
  from: string,
): Promise<History | undefined> {
  const path = `/api/agents/${encodeURIComponent(id)}/history`;
  const items: Change[] = [];
  let availability: Availability | null | undefined;
  let cursor: string | null = null;
  for (let pages = 0; pages < MOST_PAGES && (pages === 0 || cursor); pages++) {
    const next: string = cursor ? `&${new URLSearchParams({ cursor })}` : "";
    const page = await read(`${path}?limit=100&from=${encodeURIComponent(from)}${next}`) as
      | HistoryPage
      | undefined;
    if (!page) break;
    availability ??= page.availability;
    items.push(...page.items);
    cursor = page.next_cursor;
  }
  return availability ? { items, availability, isCut: cursor !== null } : undefined;
}

export type Presence = "online" | "paused" | "offline" | "unknown";

/** A piece of the line: from where to where, as parts of the period (0 to 1), and how the agent was. */
export interface Stretch {
  from: number;
  to: number;
  presence: Presence;
}

/** Makes the line of a period; neighbours that look the same are one piece. */
export function stretchesOf({ items, availability, isCut }: History): Stretch[] {
  const [start, end] = [Date.parse(availability.from), Date.parse(availability.to)];
  const partOf = (at: string) => clamped((Date.parse(at) - start) / Math.max(1, end - start));
  const changes = items.toReversed();
  const points = [
    { at: 0, presence: isCut ? "unknown" : before(changes, availability) },
    ...changes.map((change) => ({ at: partOf(change.at), presence: presenceOf(change) })),
  ] as const;
  const stretches: Stretch[] = [];
  points.forEach(({ at, presence }, index) => {
    const to = points[index + 1]?.at ?? 1;
    const last = stretches.at(-1);
    if (last?.presence === presence) last.to = to;
    else if (to > at) stretches.push({ from: at, to, presence });
  });
  return stretches;
}

function presenceOf({ is_online, status }: Change): Presence {
  if (!is_online) return "offline";
  return status === "paused" ? "paused" : "online";
}

/** How it was before the first change of the period: what the totals have beyond what the changes account for. */
function before(changes: readonly Change[], { from, to, online_ms, known_ms }: Availability): Presence {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  const times = changes.map(({ at }) => Date.parse(at));
  const gap = (times[0] ?? end) - start;
  const later = changes.reduce(
    (sum, { is_online }, index) => sum + (is_online ? (times[index + 1] ?? end) - times[index]! : 0),
    0,
  );
  // Half of it leaves room for the moment between the totals and the changes.
  if (known_ms - (end - start - gap) < gap / 2) return "unknown";
  return online_ms - later > gap / 2 ? "online" : "offline";
}

function clamped(part: number): number {
  return Math.min(1, Math.max(0, part));
}
