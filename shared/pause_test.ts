import assert from "node:assert/strict";
import { atMost, pause, reconnectPauseMs } from "./pause.ts";

Deno.test("pause() ends at once when its signal aborts, before or while it waits", async () => {
  await pause(60_000, AbortSignal.abort());
  const stop = new AbortController();
  const paused = pause(60_000, stop.signal);
  stop.abort();
  await paused;
});

Deno.test("atMost() tells whether work ended in time, leaves no timer behind, and passes a failure on", async () => {
  assert.equal(await atMost(60_000, Promise.resolve()), true);
  assert.equal(await atMost(1, new Promise(() => {})), false);
  await assert.rejects(atMost(60_000, Promise.reject(new Error("no"))), /no/);
});

const CASES: [failures: number, random: number, ms: number][] = [
  [1, 0, 50],
  [1, 1, 100],
  [2, 1, 200],
  [4, 0, 400],
  [6, 1, 3_000],
  [1_000, 0, 1_500],
];

for (const [failures, random, ms] of CASES) {
  Deno.test(`reconnectPauseMs() gives ${ms} ms after ${failures} failures when chance says ${random}`, () => {
    assert.equal(reconnectPauseMs(failures, () => random), ms);
  });
}
