import { strict as assert } from "node:assert";
import { check } from "./codec.ts";
import { newTaskSchema } from "./task.ts";
import { ParleyError } from "../error.ts";

Deno.test("newTaskSchema gives what is absent or null its default", () => {
  const least = { task_type: "report" };
  const nothing = Object.fromEntries(Object.keys(newTaskSchema.shape).map((name) => [name, null]));
  for (const given of [least, { ...nothing, ...least }]) {
    const task = newTaskSchema.parse(given);
    assert.partialDeepStrictEqual(task, {
      task_type: "report",
      description: "",
      parameters: {},
      required_capabilities: [],
      priority: 3,
    });
    for (const name of ["task_id", "deadline", "timeout_s", "max_retries"] as const) {
      assert.equal(task[name] ?? undefined, undefined);
    }
  }
});

Deno.test("newTaskSchema reads priorities by number and by name, each capability once, and any ISO time", () => {
  const read = (fields: object) => newTaskSchema.parse({ task_type: "t", ...fields });
  const priorities = [1, 5, "critical", "HIGH", " background "];
  assert.deepEqual(priorities.map((priority) => read({ priority }).priority), [1, 5, 1, 2, 5]);
  assert.deepEqual(read({ required_capabilities: ["a", " b ", "a"] }).required_capabilities, ["a", "b"]);
  assert.equal(read({ deadline: "2026-01-01T01:00:00+01:00" }).deadline, "2026-01-01T00:00:00.000Z");
});

const FAULTS: [field: string, value: unknown][] = [
  ["task_type", undefined],
  ["task_type", "  "],
  ["task_type", 7],
  ["parameters", "none"],
  ["parameters", []],
  ["required_capabilities", "python"],
  ["required_capabilities.0", [""]],
  ["required_capabilities", Array.from({ length: 101 }, (_, n) => `c${n}`)],
  ["priority", 0],
  ["priority", 6],
  ["priority", 1.5],
  ["priority", "urgent"],
  ["deadline", "tomorrow"],
  ["timeout_s", 0],
  ["timeout_s", "60"],
  ["max_retries", -1],
  ["max_retries", 101],
  ["idempotency_key", ""],
];

for (const [field, value] of FAULTS) {
  Deno.test(`newTaskSchema refuses ${field} ${JSON.stringify(value)?.slice(0, 20)}, naming it`, () => {
    const name = field.split(".")[0]!;
    assert.throws(
      () => check(newTaskSchema, { task_type: "t", [name]: value }),
      (error) =>
        error instanceof ParleyError && error.code === "invalid_message" && error.message.includes(field),
    );
  });
}
