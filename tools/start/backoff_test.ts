import assert from "node:assert/strict";
import { deathsInRow, pauseMs } from "./backoff.ts";

Deno.test("pauseMs() doubles from half a second up to half a minute", () => {
  assert.deepEqual([1, 2, 3, 4, 7, 8, 100].map(pauseMs), [500, 1000, 2000, 4000, 30_000, 30_000, 30_000]);
});

Deno.test("deathsInRow() begins again after a process that lived a minute", () => {
  assert.equal(deathsInRow(4, 59_999), 5);
  assert.equal(deathsInRow(4, 60_000), 1);
});
