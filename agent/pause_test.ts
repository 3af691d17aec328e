import { strict as assert } from "node:assert";
import { pause, pauseMs } from "./pause.ts";

const CASES: [failures: number, random: number, ms: number][] = [
  [1, 0, 100],
  [1, 1, 200],
  [2, 1, 400],
  [4, 0, 800],
  [6, 1, 5_000],
  [1_000, 0, 2_500],
];

for (const [failures, random, ms] of CASES) {
  Deno.test(`pauseMs() gives ${ms} ms after ${failures} failures when chance says ${random}`, () => {
    assert.equal(pauseMs(failures, () => random), ms);
  });
}

Deno.test("pause() ends at once when its signal aborts, before or while it waits", async () => {
  await pause(60_000, AbortSignal.abort());
  const stop = new AbortController();
  const paused = pause(60_000, stop.signal);
  stop.abort();
  await paused;
});
