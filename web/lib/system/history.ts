/** The last quarter of an hour, gathered from what the server gives piece by piece. */
import type { Point, Series } from "./figures.ts";

/** How long a page looks back, in milliseconds. */
export const WINDOW_MS = 15 * 60_000;

/** Adds what came later to what is known, and forgets what is older than the window. */
export function extended({ points }: Series, later: Series): Series {
  const byTime = new Map([...points, ...later.points].map((point) => [point.at, point]));
  const all = [...byTime.values()].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const from = Date.parse(all.at(-1)?.at ?? "") - WINDOW_MS;
  return { interval_ms: later.interval_ms, points: all.filter(({ at }) => Date.parse(at) >= from) };
}

/** One value at a time; null where there is none. */
export interface Sample {
  atMs: number;
  value: number | null;
}

/** How many intervals may lie between two points before nothing is known of the time between them. */
const MOST_APART = 2.5;

/** Takes one value of each point. Where the server was away, a sample without a value says so. */
export function samplesOf(
  { points, interval_ms }: Series,
  valueOf: (point: Point, seconds: number) => number | null,
): Sample[] {
  return points.flatMap((point, index) => {
    const atMs = Date.parse(point.at);
    const before = index > 0 ? Date.parse(points[index - 1]!.at) : atMs;
    const sample = { atMs, value: valueOf(point, interval_ms / 1_000) };
    return atMs - before > MOST_APART * interval_ms
      ? [{ atMs: before + interval_ms, value: null }, sample]
      : [sample];
  });
}

/** The last value, the least and the most; null where there is none. */
export interface Range {
  now: number | null;
  least: number | null;
  most: number | null;
}

export function rangeOf(samples: readonly Sample[]): Range {
  const values = samples.flatMap(({ value }) => value === null ? [] : [value]);
  if (values.length === 0) return { now: null, least: null, most: null };
  return { now: samples.at(-1)!.value, least: Math.min(...values), most: Math.max(...values) };
}

/** Finds the sample that is nearest to a time; undefined when there is none with a value. */
export function nearest(samples: readonly Sample[], atMs: number): number | undefined {
  let best: number | undefined;
  for (const [index, sample] of samples.entries()) {
    if (sample.value === null) continue;
    if (best === undefined || Math.abs(sample.atMs - atMs) < Math.abs(samples[best]!.atMs - atMs)) {
      best = index;
    }
  }
  return best;
}

/** Gives the sample with a value that is `steps` further; the outermost where there are not so many. */
export function stepped(samples: readonly Sample[], from: number, steps: number): number {
  const known = samples.flatMap(({ value }, index) => value === null ? [] : [index]);
  const at = Math.max(0, known.indexOf(from));
  return known[Math.min(known.length - 1, Math.max(0, at + steps))] ?? from;
}
