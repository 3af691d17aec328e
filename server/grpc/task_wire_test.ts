import assert from "node:assert/strict";
import type { Report } from "../../shared/grpc/gen/task.ts";
import { wordOf } from "./task_wire.ts";

const LONG = "x".repeat(50_000);
const word = (what: Report["what"]) => wordOf({ reportId: 1n, taskId: "task_a", attempt: 1, what });

Deno.test("wordOf() keeps so much of what an agent says at length: every update of the task carries it", () => {
  const failed = word({ $case: "failed", value: { error: LONG, code: "", isFinal: false } });
  assert.equal(failed.kind === "failed" && failed.error.length, 10_000);
  const returned = word({ $case: "returned", value: { reason: LONG } });
  assert.equal(returned.kind === "returned" && returned.reason.length, 10_000);
  const progressed = word({ $case: "progress", value: { progress: 0.5, note: LONG } });
  assert.equal(progressed.kind === "progressed" && progressed.note?.length, 10_000);
});
