import { strict as assert } from "node:assert";
import { ParleyError } from "../../shared/error.ts";
import { Arrivals } from "../testing/arrivals.ts";
import { working } from "../testing/work.ts";
import type { TaskHandler } from "./context.ts";

/** What gRPC lets one message have here, in bytes, at its default. */
const MOST_BYTES = 4 * 1024 * 1024;

Deno.test("what ended while the server was away is told in messages that it can take", async () => {
  const ends = 12;
  const done = Promise.withResolvers<void>();
  const results = Array.from({ length: ends }, (_, index) => `${index}`.padEnd(1_000_000, "x"));
  using scene = working({
    long: { handler: async ({ parameters }) => (await done.promise, results[Number(parameters.index)]) },
  }, ends);
  const before = await scene.streams.next();
  before.give(...results.map((_, index) => ({
    taskId: `task_${index}`,
    taskType: "long",
    parametersJson: JSON.stringify({ index }),
  })));
  before.break();
  done.resolve();
  const after = await scene.streams.next();
  const told = [];
  for (let count = 0; count < ends; count++) told.push(await after.reports.next());
  const { hello, reports } = await after.written.next();
  assert.equal(hello?.held.length, ends);
  assert.deepEqual(reports, []);
  assert.deepEqual(told.map(({ taskId }) => taskId), results.map((_, index) => `task_${index}`));
  assert.ok(Math.max(...after.sizes) < MOST_BYTES, `${Math.max(...after.sizes)} bytes`);
});

Deno.test("long errors and partial results travel in messages that the server can take", async () => {
  const go = Promise.withResolvers<void>();
  const partial = "x".repeat(1_000_000);
  using scene = working({
    half: { handler: async ({ progress }) => (await go.promise, progress(0.5, undefined, partial)) },
  }, 12);
  const stream = await scene.streams.next();
  const ids = Array.from({ length: 12 }, (_, index) => `task_${index}`);
  stream.give(...ids.map((taskId) => ({ taskId, taskType: "half" })));
  go.resolve();
  const halves = new Set<string>();
  while (halves.size < ids.length) {
    const { taskId, what } = await stream.reports.next();
    if (what?.$case === "progress") halves.add(taskId);
  }
  assert.ok(Math.max(...stream.sizes) < MOST_BYTES, `${Math.max(...stream.sizes)} bytes`);
});

Deno.test("an error and a note are cut to what the server keeps, between two characters", async () => {
  const long = "x".repeat(9_999) + "😀".repeat(5_000);
  using scene = working({
    faulty: {
      handler: ({ progress }) => {
        progress(0.5, long);
        throw new ParleyError("internal", long);
      },
    },
  });
  const stream = await scene.streams.next();
  stream.give({ taskId: "task_1", taskType: "faulty" });
  const { what: half } = await stream.reports.next();
  const { what: end } = await stream.reports.next();
  const kept = "x".repeat(9_999) + "\ufffd";
  assert.equal(half?.$case === "progress" && half.value.note, kept);
  assert.equal(end?.$case === "failed" && end.value.error, kept);
});

/** A handler that goes on until the test has its task end; being stopped does not end it. */
function stubborn() {
  const begun = new Arrivals<string>();
  const ends = new Map<string, () => void>();
  const handler: TaskHandler = ({ id }) => {
    const { promise, resolve } = Promise.withResolvers<string>();
    ends.set(id, () => resolve(`done with ${id}`));
    begun.add(id);
    return promise;
  };
  return { begun, handler, end: (id: string) => ends.get(id)!() };
}

Deno.test("the next task begins only when the handler of a cancelled one has ended", async () => {
  const { begun, handler, end } = stubborn();
  using scene = working({ slow: { handler } }, 1);
  const stream = await scene.streams.next();
  stream.give({ taskId: "task_1", taskType: "slow" });
  stream.stop("task_1");
  stream.give({ taskId: "task_2", taskType: "slow" }, { taskId: "task_2", taskType: "slow" });
  assert.deepEqual(begun.all, ["task_1"]);
  assert.equal(scene.tasks.running, 1);
  end("task_1");
  assert.equal(await begun.nextThat((id) => id !== "task_1"), "task_2");
  end("task_2");
  const { what } = await stream.reports.nextThat(({ what }) => what?.$case === "completed");
  assert.equal(what?.$case === "completed" && what.value.resultJson, '"done with task_2"');
  assert.deepEqual(begun.all, ["task_1", "task_2"]);
});

Deno.test("a task waits for a place of its type, and keeps no task of another type waiting", async () => {
  const { begun, handler, end } = stubborn();
  using scene = working({ one: { handler, maxConcurrent: 1 }, other: { handler } }, 2);
  const stream = await scene.streams.next();
  stream.give({ taskId: "task_1", taskType: "one" }, { taskId: "task_2", taskType: "one" });
  stream.give({ taskId: "task_3", taskType: "other" });
  assert.deepEqual(begun.all, ["task_1", "task_3"]);
  end("task_1");
  assert.equal(await begun.nextThat((id) => !["task_1", "task_3"].includes(id)), "task_2");
  end("task_2");
  end("task_3");
});

Deno.test("a task that waits and is stopped never begins, and nothing is said of it", async () => {
  const { begun, handler, end } = stubborn();
  using scene = working({ slow: { handler } }, 1);
  const stream = await scene.streams.next();
  stream.give({ taskId: "task_1", taskType: "slow" }, { taskId: "task_2", taskType: "slow" });
  stream.stop("task_2");
  stream.give({ taskId: "task_3", taskType: "slow" });
  end("task_1");
  assert.equal(await begun.nextThat((id) => id !== "task_1"), "task_3");
  end("task_3");
  await stream.reports.nextThat(({ taskId, what }) => taskId === "task_3" && what?.$case === "completed");
  assert.ok(stream.reports.all.every(({ taskId }) => taskId !== "task_2"));
});

Deno.test("a task that waits is held over a lost stream, and given back when the agent ends", async () => {
  const { begun, handler, end } = stubborn();
  using scene = working({ slow: { handler } }, 1);
  const before = await scene.streams.next();
  before.give({ taskId: "task_1", taskType: "slow" }, { taskId: "task_2", taskType: "slow" });
  before.break();
  const after = await scene.streams.next();
  const { hello } = await after.written.next();
  assert.deepEqual(hello?.held.map(({ taskId }) => taskId), ["task_1", "task_2"]);
  const ended = scene.tasks.end();
  const returned = await after.reports.nextThat(({ taskId }) => taskId === "task_2");
  assert.equal(returned.what?.$case, "returned");
  end("task_1");
  const completed = await after.reports.nextThat(({ what }) => what?.$case === "completed");
  for (const report of [returned, completed]) after.keep(report);
  await ended;
  assert.deepEqual(begun.all, ["task_1"]);
});
