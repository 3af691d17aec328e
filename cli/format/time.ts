/** Times as people say them, and as they write them on a command line. */
import { UsageError } from "../fault.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Says how long ago `iso` was at `nowMs`; what is no time is said as it stands. */
export function timeAgo(iso: string, nowMs: number): string {
  const atMs = Date.parse(iso);
  if (isNaN(atMs)) return iso;
  const agoMs = nowMs - atMs;
  return agoMs < 2 * SECOND_MS ? "just now" : `${duration(agoMs)} ago`;
}

/** Says how long something took, in the one unit that suits it. */
export function duration(ms: number): string {
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`;
  if (ms < 10 * SECOND_MS) return `${Math.floor(ms / 100) / 10} s`;
  if (ms < 2 * MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} s`;
  if (ms < 2 * HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < 2 * DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  return `${Math.floor(ms / DAY_MS)} d`;
}

const UNITS: Readonly<Record<string, number>> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

/** Reads `2h` (two hours ago) or a date and time, as ISO 8601. Throws `UsageError`. */
export function parseTime(text: string, nowMs: number): string {
  const ago = /^(\d{1,6}(?:\.\d+)?)([smhd])$/.exec(text);
  const atMs = ago ? nowMs - Number(ago[1]) * UNITS[ago[2]!]! : /^\d{4}-/.test(text) ? Date.parse(text) : NaN;
  if (isNaN(atMs)) {
    throw new UsageError(
      `'${text}' is no time. Write 30m, 2h or 7d for so long ago, or 2026-08-01T12:00:00Z.`,
    );
  }
  return new Date(atMs).toISOString();
}
