import { expect } from "expect";
import type { Point } from "./figures.ts";
import { extended, nearest, rangeOf, samplesOf, stepped } from "./history.ts";

const START_MS = Date.parse("2026-05-01T12:00:00.000Z");
const at = (seconds: number, accepted = 0) =>
  ({ at: new Date(START_MS + seconds * 1_000).toISOString(), accepted }) as Point;
const series = (...points: Point[]) => ({ interval_ms: 5_000, points });
const perSecond = ({ accepted }: Point, seconds: number) => accepted / seconds;

Deno.test("extended() adds what came later, once and in order, and forgets what is older than 15 minutes", () => {
  const known = series(at(0), at(5), at(10));
  const later = series(at(15, 2), at(10, 1));
  expect(extended(known, later).points.map(({ accepted }) => accepted)).toEqual([0, 0, 1, 2]);
  expect(extended(known, series(at(906))).points).toEqual([at(10), at(906)]);
  expect(extended(known, series()).points).toEqual(known.points);
  expect(extended(series(), series()).points).toEqual([]);
});

Deno.test("samplesOf() takes a value of each point, and none where the server was away", () => {
  const samples = samplesOf(series(at(0, 10), at(6, 5), at(60, 0)), perSecond);
  expect(samples.map(({ value, atMs }) => [(atMs - START_MS) / 1_000, value])).toEqual([
    [0, 2],
    [6, 1],
    [11, null],
    [60, 0],
  ]);
  expect(samplesOf(series(), perSecond)).toEqual([]);
});

Deno.test("rangeOf() says the last value, the least and the most of those that are known", () => {
  const sample = (value: number | null) => ({ atMs: 0, value });
  expect(rangeOf([])).toEqual({ now: null, least: null, most: null });
  expect(rangeOf([sample(null)])).toEqual({ now: null, least: null, most: null });
  expect(rangeOf([sample(3), sample(1), sample(null)])).toEqual({ now: null, least: 1, most: 3 });
  expect(rangeOf([sample(3), sample(7)])).toEqual({ now: 7, least: 3, most: 7 });
});

Deno.test("nearest() and stepped() pass over samples without a value", () => {
  const samples = [1, null, 3, 4].map((value, index) => ({ atMs: index * 10, value }));
  expect([0, 9, 12, 19, 999].map((ms) => nearest(samples, ms))).toEqual([0, 0, 2, 2, 3]);
  expect(nearest([], 0)).toBeUndefined();
  expect(
    [[0, 1], [0, -1], [2, -1], [3, -Infinity], [0, Infinity], [2, 12]].map(([from, by]) =>
      stepped(samples, from!, by!)
    ),
  ).toEqual([2, 0, 0, 0, 3, 3]);
});
