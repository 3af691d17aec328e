/** One program, run in the test's own process. */
import { strict as assert } from "node:assert";
import type { Plan } from "./plan.ts";
import { runProgram } from "./program.ts";

const PLAN: Plan = {
  program: "/bin/true",
  args: [],
  directory: "/",
  environment: {},
  timeoutMs: 10_000,
  maxOutputBytes: 1_000,
  approve: false,
  description: "true",
};

for (const why of ["cancel", "stop"] as const) {
  Deno.test(`a program that is ended (${why}) before it begins never begins`, async () => {
    const options = {
      plan: PLAN,
      mark: "test",
      folder: () => Promise.resolve("/nowhere"),
      onStart: () => assert.fail("It began."),
      onOutput: () => Promise.resolve(),
    };
    const { status, code, message } = await runProgram(options, AbortSignal.abort(why));
    assert.deepEqual([status, code], ["cancelled", "cancelled"]);
    assert.match(message!, why === "stop" ? /agent ended/ : /was cancelled/);
  });
}
