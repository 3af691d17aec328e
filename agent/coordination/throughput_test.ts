import assert from "node:assert/strict";
import { Throughput } from "./throughput.ts";

Deno.test("perMinute counts the last sixty seconds, and forgets what is older", () => {
  let nowMs = 1_000_000;
  const throughput = new Throughput(() => nowMs);
  throughput.note();
  nowMs += 30_000;
  throughput.note();
  throughput.note();
  assert.equal(throughput.perMinute, 3);
  nowMs += 29_999;
  assert.equal(throughput.perMinute, 3);
  nowMs += 1;
  assert.equal(throughput.perMinute, 2);
  nowMs += 3_600_000;
  assert.equal(throughput.perMinute, 0);
  throughput.note();
  assert.equal(throughput.perMinute, 1);
});
