import { strict as assert } from "node:assert";
import { healthOf } from "./health.ts";

const AT_REST = {
  isPaused: false,
  maxConcurrent: 2,
  commandsRunning: 0,
  tasksRunning: 0,
  upMs: 1_600,
  memoryBytes: 3_000_000,
};

const CASES: [figures: Partial<Parameters<typeof healthOf>[0]>, status: string, state: string][] = [
  [{}, "idle", ""],
  [{ running: 1 }, "idle", "answering 1"],
  [{ running: 2 }, "busy", "answering 2"],
  [{ running: 2, isPaused: true }, "paused", "paused"],
];

for (const [figures, status, state] of CASES) {
  Deno.test(`healthOf() says ${status} for ${JSON.stringify(figures)}`, () => {
    const health = healthOf({ ...AT_REST, ...figures });
    assert.deepEqual([health.status, health.metrics.internal_state], [status, state]);
    assert.deepEqual([health.metrics.uptime_s, health.metrics.memory_mb], ["2", "3"]);
  });
}
