/** What the page draws over time, and where each of it stands in a point. */
import { type Range, rangeOf, type Sample, samplesOf } from "./history.ts";
import type { Point, Series } from "./figures.ts";
import type { Unit } from "./human.ts";

type ValueOf = (point: Point, seconds: number) => number | null;

/** A measure has one line, or one for half and one for nearly all. */
interface Measure {
  unit: Unit;
  lines: readonly ValueOf[];
}

export const MEASURES = {
  messages: { unit: "rate", lines: [({ accepted }, seconds) => accepted / seconds] },
  tasks: { unit: "rate", lines: [({ tasks_ended }, seconds) => tasks_ended / seconds] },
  roundTrip: {
    unit: "duration",
    lines: [(point) => point.round_trip_p50_ms, (point) => point.round_trip_p95_ms],
  },
  queued: { unit: "count", lines: [({ queues }) => queues && sum(Object.values(queues))] },
  agents: { unit: "count", lines: [({ agents_online }) => agents_online] },
  tasksOpen: { unit: "count", lines: [({ tasks_waiting, tasks_held }) => tasks_waiting + tasks_held] },
  errors: { unit: "count", lines: [({ errors }) => errors] },
  memory: { unit: "bytes", lines: [({ memory_bytes }) => memory_bytes] },
} as const satisfies Record<string, Measure>;

export type MeasureName = keyof typeof MEASURES;

/** One line of a measure: its samples, and what they come to. */
export interface Line extends Range {
  samples: readonly Sample[];
}

/** Gives the lines of a measure. */
export function linesOf(name: MeasureName, series: Series): Line[] {
  const { lines }: Measure = MEASURES[name];
  return lines.map((valueOf) => lineOf(series, valueOf));
}

/** Gives the line of how many messages were ready in `queue`. */
export function depthOf(queue: string, series: Series): Line {
  return lineOf(series, ({ queues }) => queues && (queues[queue] ?? 0));
}

function lineOf(series: Series, valueOf: ValueOf): Line {
  const samples = samplesOf(series, valueOf);
  return { samples, ...rangeOf(samples) };
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
