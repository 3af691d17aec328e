import assert from "node:assert/strict";
import { quantileOf, RoundTrips } from "./round_trips.ts";

Deno.test("quantileOf() gives the least that a share does not exceed", () => {
  const hundred = Array.from({ length: 100 }, (_, at) => at + 1);
  const cases: [values: number[], share: number, expected: number | null][] = [
    [[], 0.5, null],
    [[7], 0.5, 7],
    [[7], 0.95, 7],
    [[1, 9], 0.5, 1],
    [[1, 9], 0.95, 9],
    [[1, 2, 3], 0.5, 2],
    [hundred, 0.5, 50],
    [hundred, 0.95, 95],
    [[1.23456], 0.5, 1.235],
  ];
  for (const [values, share, expected] of cases) {
    assert.equal(quantileOf(values, share), expected, `${share} of ${values}`);
  }
});

Deno.test("take() gives the round trips since the last time, in order", () => {
  const roundTrips = new RoundTrips();
  for (const ms of [10, 9, 100]) roundTrips.add(ms);
  assert.deepEqual(roundTrips.take(), [9, 10, 100]);
  assert.deepEqual(roundTrips.take(), []);
});

Deno.test("of more round trips than are kept, those that came late count as much as those that came early", () => {
  const chances = [0.9, 0.3];
  const roundTrips = new RoundTrips(() => chances.shift()!, 2);
  for (const ms of [1, 2, 3, 4]) roundTrips.add(ms);
  assert.deepEqual(roundTrips.take(), [1, 4]);
});
