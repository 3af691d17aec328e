import { expect } from "expect";
import type { Point } from "./figures.ts";
import { depthOf, linesOf, type MeasureName, MEASURES } from "./measures.ts";

const point = (fields: Partial<Point>): Point => ({
  at: "2026-05-01T12:00:00.000Z",
  accepted: 10,
  delivered: 9,
  dead_letters: 1,
  errors: 3,
  tasks_ended: 1,
  commands_ended: 0,
  round_trip_p50_ms: 20,
  round_trip_p95_ms: 50,
  agents_online: 4,
  tasks_waiting: 2,
  tasks_held: 5,
  messages_waiting: 0,
  memory_bytes: 1e8,
  queues: { a: 1, b: 2 },
  ...fields,
});
const series = (...points: Point[]) => ({ interval_ms: 5_000, points });

Deno.test("each measure has its value in a point; counts of an interval are said by the second", () => {
  const now = (name: MeasureName) => linesOf(name, series(point({}))).map(({ now }) => now);
  expect(Object.fromEntries(Object.keys(MEASURES).map((name) => [name, now(name as MeasureName)]))).toEqual({
    messages: [2],
    tasks: [0.2],
    roundTrip: [20, 50],
    queued: [3],
    agents: [4],
    tasksOpen: [7],
    errors: [3],
    memory: [1e8],
  });
});

Deno.test("a queue that is not told of is empty, and unknown while the bus does not answer", () => {
  const silent = point({ at: "2026-05-01T12:00:05.000Z", queues: null });
  const { samples } = depthOf("b", series(point({}), silent));
  expect(samples.map(({ value }) => value)).toEqual([2, null]);
  expect(depthOf("c", series(point({}))).now).toBe(0);
  expect(linesOf("queued", series(silent))[0]!.most).toBe(null);
});
