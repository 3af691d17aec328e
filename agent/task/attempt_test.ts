import { strict as assert } from "node:assert";
import { ParleyError } from "../../shared/error.ts";
import { Assignment } from "../../shared/grpc/gen/task.ts";
import { Arrivals } from "../testing/arrivals.ts";
import { Attempt, type AttemptOptions } from "./attempt.ts";
import type { Task, TaskHandler } from "./context.ts";
import type { Said } from "./reports.ts";

/** An attempt at a task, and what is said of it. */
function attempting(
  handler: TaskHandler,
  assignment: Partial<Assignment> = {},
  more: Partial<AttemptOptions> = {},
) {
  const said = new Arrivals<Said["what"]>();
  const attempt = new Attempt({
    assignment: Assignment.fromPartial({ taskId: "task_1", attempt: 2, taskType: "sum", ...assignment }),
    handler,
    say: (what) => said.add(what),
    run: () => Promise.reject(new Error("Nobody is asked for a subtask.")),
    ...more,
  });
  return { attempt, said };
}

/** What is said in the end of an attempt that ends so. */
async function endOf(handler: TaskHandler) {
  const { attempt, said } = attempting(handler);
  await attempt.ended;
  assert.equal(said.all.length, 1);
  return said.all[0];
}

const throwing = (error: unknown) => () => Promise.reject(error);

const ENDS: [what: string, handler: TaskHandler, end: Said["what"]][] = [
  ["its result", () => ({ pages: [1] }), { $case: "completed", value: { resultJson: '{"pages":[1]}' } }],
  ["no result where there is none", () => {}, { $case: "completed", value: { resultJson: "" } }],
  [
    "the name and words of an error, after which another attempt follows",
    throwing(new RangeError("Too far.")),
    { $case: "failed", value: { error: "RangeError: Too far.", code: "internal", isFinal: false } },
  ],
  [
    "a failure that another attempt would not mend as the last",
    throwing(new ParleyError("invalid_message", "There is no such month.")),
    { $case: "failed", value: { error: "There is no such month.", code: "invalid_message", isFinal: true } },
  ],
  [
    "a result over 1 MiB as a failure that is the last",
    () => "é".repeat(524_288),
    {
      $case: "failed",
      value: {
        error: "The result of a task may have 1 MiB as JSON. Pass on where it can be read instead.",
        code: "too_large",
        isFinal: true,
      },
    },
  ],
];

for (const [what, handler, end] of ENDS) {
  Deno.test(`an attempt tells ${what}`, async () => assert.deepEqual(await endOf(handler), end));
}

Deno.test("a result of exactly 1 MiB is told, and one that cannot be written as JSON is a failure", async () => {
  const whole = await endOf(() => "é".repeat(524_287));
  assert.equal(whole?.$case === "completed" && whole.value.resultJson.length, 524_289);
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const failed = await endOf(() => circle);
  assert.match(failed?.$case === "failed" ? failed.value.error : "", /^TypeError: .*circular/i);
});

Deno.test("a handler is given the task as it was asked for, and what is not said is undefined", async () => {
  const tasks: Task[] = [];
  const handler = (task: Task) => void tasks.push(task);
  await attempting(handler, {
    description: "of May",
    parametersJson: '{"of":[1]}',
    deadline: "2026-01-01T00:00:00.000Z",
    parentTaskId: "task_0",
    priority: 2,
    maxAttempts: 4,
    requestedBy: "web_ada",
  }).attempt.ended;
  await attempting(handler).attempt.ended;
  const [full, bare] = tasks.map(({ signal: _, progress: __, run: ___, ...fields }) => fields);
  assert.deepEqual(full, {
    id: "task_1",
    type: "sum",
    description: "of May",
    parameters: { of: [1] },
    requiredCapabilities: [],
    priority: 2,
    deadline: new Date("2026-01-01T00:00:00.000Z"),
    parentTaskId: "task_0",
    requestedBy: "web_ada",
    attempt: 2,
    maxAttempts: 4,
  });
  assert.deepEqual([bare?.parameters, bare?.deadline, bare?.parentTaskId], [{}, undefined, undefined]);
});

Deno.test("what lasts is said to have started; progress is said at once, and what follows fast is said together", async () => {
  const go = Promise.withResolvers<void>();
  const { attempt, said } = attempting(async ({ progress }) => {
    await go.promise;
    progress(0.1, "begun", [1]);
    progress(0.2, "further");
    progress(0.3, undefined, [1, 2]);
    progress(0.4);
    await told.promise;
  });
  const told = Promise.withResolvers<void>();
  assert.equal((await said.next())?.$case, "started");
  go.resolve();
  const progress = async () => {
    const what = await said.next();
    return what?.$case === "progress" ? what.value : what;
  };
  assert.deepEqual(await progress(), { progress: 0.1, note: "begun", partialJson: "[1]" });
  assert.deepEqual(await progress(), { progress: 0.4, note: "further", partialJson: "[1,2]" });
  told.resolve();
  await attempt.ended;
  assert.equal(said.all.at(-1)?.$case, "completed");
});

Deno.test("progress beyond 0 to 1, or with more than 1 MiB done so far, is refused where it is told", async () => {
  const end = await endOf(({ progress }) => {
    for (const fraction of [-0.1, 1.1, NaN]) {
      assert.throws(() => progress(fraction), { code: "invalid_message" });
    }
    assert.throws(() => progress(0.5, undefined, "x".repeat(1_048_575)), { code: "too_large" });
  });
  assert.equal(end?.$case, "completed");
});

Deno.test("a stopped attempt has its handler's signal abort with the reason, and tells nothing more", async () => {
  const tasks: Task[] = [];
  const { attempt, said } = attempting((task) => {
    tasks.push(task);
    const { promise, resolve } = Promise.withResolvers<void>();
    task.signal.addEventListener("abort", () => resolve());
    return promise;
  });
  const reason = new ParleyError("cancelled", "It is another's.");
  attempt.stop(reason);
  await attempt.ended;
  tasks[0]!.progress(0.5);
  assert.equal(tasks[0]!.signal.reason, reason);
  assert.deepEqual(said.all, []);
});

Deno.test("run() asks for a subtask of the task, with its signal", async () => {
  const asked: unknown[] = [];
  const run: AttemptOptions["run"] = (...given) => Promise.resolve(void asked.push(given));
  let signal: AbortSignal | undefined;
  await attempting(
    async (task) => {
      signal = task.signal;
      await task.run({ task_type: "crop" });
    },
    {},
    { run },
  ).attempt.ended;
  assert.deepEqual(asked, [[{ task_type: "crop" }, "task_1", signal]]);
});
