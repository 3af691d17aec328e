/** The life of a task in the center, over a real store: asked for, worked on, tried again, ended, and told of. */
import { strict as assert } from "node:assert";
import { ParleyError } from "../../shared/error.ts";
import { newTaskSchema, type TaskRecord } from "../../shared/model/task.ts";
import { fails } from "../testing/fails.ts";
import { ADA, DONE, quiet, Rig, SERVER, working } from "./testing/rig.ts";

Deno.test("a task waits while nobody is there, and is given the moment somebody comes", async () => {
  await using rig = await Rig.open();
  const taskId = await rig.ask({ parameters: { of: "may" } });
  await quiet();
  assert.equal((await rig.get(taskId)).status, "pending");
  assert.match(
    rig.center.waitingReason(await rig.get(taskId)) ?? "",
    /No agent that takes 'report' is online/,
  );
  const stream = rig.arrive("agent_1");
  const task = await rig.heldBy("agent_1", taskId);
  assert.equal(rig.center.waitingReason(task), null);
  assert.deepEqual(stream.given.map(({ task_id, attempt, parameters }) => [task_id, attempt, parameters]), [
    [taskId, 1, { of: "may" }],
  ]);
  assert.deepEqual(rig.center.figures(), { waiting: 0, held: 1, ended: {} });
});

Deno.test("what an agent says is kept, told in order, and the end frees it for the next task", async () => {
  await using scene = await working();
  const { rig, stream, taskId } = scene;
  const seen: unknown[] = [];
  const sink = {
    send: ({ task }: { task: TaskRecord }) => seen.push([task.status, task.progress]),
    isBehind: false,
    caughtUp: () => Promise.resolve(true),
  };
  using _watching = rig.center.watchers.add(ADA, { taskId }, sink);
  const next = await rig.ask();
  await rig.report("agent_1", taskId, { kind: "started" });
  const words = [0.1, 0.2, 0.3].map((progress) =>
    rig.report("agent_1", taskId, { kind: "progressed", progress })
  );
  await Promise.all([...words, rig.report("agent_1", taskId, DONE)]);
  await rig.heldBy("agent_1", next);
  assert.deepEqual(seen, [
    ["in_progress", 0],
    ["in_progress", 0.1],
    ["in_progress", 0.2],
    ["in_progress", 0.3],
    ["completed", 1],
  ]);
  assert.deepEqual((await rig.get(taskId)).result, { pages: 3 });
  assert.deepEqual(stream.stopped, []);
  assert.deepEqual(rig.center.figures(), { waiting: 0, held: 1, ended: { completed: 1 } });
});

Deno.test("cancelling stops the agent, refuses its result, and takes the subtasks with it, theirs too", async () => {
  await using scene = await working();
  const { rig, stream, taskId } = scene;
  const child = await rig.ask({ parent_task_id: taskId });
  const grandchild = await rig.ask({ parent_task_id: child });
  const cancelled = await rig.center.cancel(taskId, "web_ada");
  assert.deepEqual([cancelled.status, cancelled.error], ["cancelled", "web_ada cancelled it."]);
  assert.deepEqual(stream.stopped, [{ taskId, attempt: 1 }]);
  await assert.rejects(rig.report("agent_1", taskId, DONE), fails("conflict"));
  await rig.status(child, "cancelled");
  const last = await rig.status(grandchild, "cancelled");
  assert.match(last.error ?? "", new RegExp(child));
  assert.equal(rig.center.figures().waiting, 0);
});

Deno.test("a subtask that ends while its parent is cancelled keeps no other from being cancelled", async () => {
  await using scene = await working();
  const { rig, taskId } = scene;
  rig.arrive("agent_2", { taskTypes: ["sum"] });
  const children = [await rig.ask({ parent_task_id: taskId }), await rig.ask({ parent_task_id: taskId })];
  // The newest is the first in the list, and has ended when it is its turn.
  const ended = await rig.ask({ parent_task_id: taskId, task_type: "sum" });
  await rig.heldBy("agent_2", ended);
  const { ids } = rig.tasks;
  rig.tasks.ids = async (...given) => {
    const page = await ids(...given);
    await rig.report("agent_2", ended, DONE);
    return page;
  };
  await rig.center.cancel(taskId, "web_ada");
  for (const child of children) await rig.status(child, "cancelled");
  assert.equal((await rig.get(ended)).status, "completed");
});

Deno.test("an attempt that takes too long is stopped and tried again after a pause, which grows", async () => {
  await using scene = await working({ timeout_s: 5, max_retries: 1 });
  const { rig, stream, taskId } = scene;
  rig.clock.advance(5_000);
  const waiting = await rig.status(taskId, "pending");
  assert.deepEqual(stream.stopped, [{ taskId, attempt: 1 }]);
  assert.match(rig.center.waitingReason(waiting) ?? "", /Attempt 1 failed; it is tried again at/);
  rig.clock.advance(9_999);
  await quiet();
  assert.equal((await rig.get(taskId)).status, "pending");
  rig.clock.advance(1);
  await rig.heldBy("agent_1", taskId, 1);
  rig.clock.advance(5_000);
  const failed = await rig.status(taskId, "failed");
  assert.deepEqual([failed.code, failed.attempts.map(({ outcome }) => outcome)], [
    "timeout",
    ["timed_out", "timed_out"],
  ]);
  const { items } = await rig.store.deadLetters.list(SERVER, { limit: 10 });
  assert.deepEqual(items.map(({ id, code }) => [id, code]), [[taskId, "timeout"]]);
});

Deno.test("a deadline ends a task that waits, one that is worked on, and one that pauses", async () => {
  await using rig = await Rig.open();
  const deadline = new Date(rig.clock.now() + 8_000).toISOString();
  const stream = rig.arrive("agent_1");
  const worked = await rig.ask({ deadline });
  await rig.heldBy("agent_1", worked);
  const waits = await rig.ask({ deadline });
  rig.clock.advance(7_999);
  await quiet();
  assert.equal((await rig.get(waits)).status, "pending");
  rig.clock.advance(1);
  for (const taskId of [worked, waits]) assert.equal((await rig.status(taskId, "timed_out")).code, "timeout");
  assert.deepEqual(stream.stopped, [{ taskId: worked, attempt: 1 }]);
  const pauses = await rig.ask({ deadline: new Date(rig.clock.now() + 8_000).toISOString() });
  await rig.heldBy("agent_1", pauses);
  await rig.report("agent_1", pauses, { kind: "failed", error: "no" });
  rig.clock.advance(8_000);
  await rig.status(pauses, "timed_out");
});

Deno.test("a clock that is set forward is noticed within a minute, and one that is set back ends nothing early", async () => {
  await using rig = await Rig.open();
  const taskId = await rig.ask({ deadline: new Date(rig.clock.now() + 3_600_000).toISOString() });
  rig.clock.set(-3_600_000);
  rig.clock.advance(3_600_000);
  await quiet();
  assert.equal((await rig.get(taskId)).status, "pending");
  rig.clock.set(3_600_000);
  rig.clock.advance(60_000);
  await rig.status(taskId, "timed_out");
});

Deno.test("a failure that another attempt would not help is the end, and can be tried again by a person", async () => {
  await using scene = await working();
  const { rig, taskId } = scene;
  await rig.report("agent_1", taskId, { kind: "failed", error: "no such file", isFinal: true });
  await rig.status(taskId, "failed");
  await rig.center.retry(taskId);
  await rig.heldBy("agent_1", taskId, 1);
  assert.deepEqual((await rig.store.deadLetters.list(SERVER, { limit: 10 })).items, []);
  await rig.report("agent_1", taskId, DONE);
  await assert.rejects(rig.center.retry(taskId), fails("conflict"));
  await assert.rejects(rig.center.retry("task_unknown"), fails("not_found"));
});

Deno.test("a result over 1 MiB fails the task, and progress that is no number from 0 to 1 is refused", async () => {
  await using scene = await working();
  const { rig, taskId } = scene;
  for (const progress of [7, -1, NaN, Infinity]) {
    await assert.rejects(
      rig.report("agent_1", taskId, { kind: "progressed", progress }),
      fails("invalid_message"),
    );
  }
  assert.equal((await rig.get(taskId)).status, "assigned");
  const result = "x".repeat(1_048_577);
  await assert.rejects(rig.report("agent_1", taskId, { kind: "completed", result }), fails("too_large"));
  const failed = await rig.get(taskId);
  assert.deepEqual([failed.status, failed.code, failed.result], ["failed", "too_large", null]);
});

Deno.test("a result of exactly 1 MiB is kept, and lists leave it out", async () => {
  await using scene = await working();
  const { rig, taskId } = scene;
  const result = "x".repeat(1_048_574);
  await rig.report("agent_1", taskId, { kind: "completed", result });
  assert.equal((await rig.get(taskId)).result, result);
  const { items: [shown] } = await rig.center.list(ADA, { limit: 1 });
  assert.deepEqual([shown?.result, shown?.left_out], [null, ["result"]]);
});

Deno.test("who asked by a queue is told what came of it, until that has arrived", async () => {
  await using rig = await Rig.open();
  rig.arrive("agent_1");
  let failures = 2;
  const failed = Promise.withResolvers<void>();
  rig.onAnswer = () => {
    if (failures-- <= 0) return Promise.resolve();
    if (failures === 0) failed.resolve();
    return Promise.reject(new ParleyError("unavailable", "The bus is away."));
  };
  const taskId = await rig.ask({}, "agent_asks");
  await rig.heldBy("agent_1", taskId);
  await rig.report("agent_1", taskId, DONE);
  await quiet();
  rig.clock.advance(5_000);
  await failed.promise;
  await quiet();
  assert.equal(rig.answers.length, 0);
  rig.clock.advance(5_000);
  await quiet();
  assert.deepEqual(rig.answers.map(([agentId, { status }]) => [agentId, status]), [[
    "agent_asks",
    "completed",
  ]]);
  assert.deepEqual(await rig.store.tasks.unanswered(SERVER, 0), []);
});

Deno.test("each of many tasks asked for together is answered by itself, in order", async () => {
  await using rig = await Rig.open();
  const asked = (fields: Partial<TaskRecord>) =>
    ({
      task_type: "report",
      description: "",
      parameters: {},
      required_capabilities: [],
      priority: 3,
      ...fields,
    }) as Parameters<typeof rig.center.submit>[1][number];
  const late = "2020-01-01T00:00:00.000Z";
  const submissions = await rig.center.submit(ADA, [
    asked({ task_id: "task_parent" }),
    asked({ deadline: late }),
    asked({ parent_task_id: "task_parent" }),
    asked({ task_id: "task_self", parent_task_id: "task_self" }),
    asked({ parent_task_id: "task_nobody" }),
    asked({ idempotency_key: "k1", description: "one" }),
    asked({ idempotency_key: "k1", description: "one" }),
    asked({ idempotency_key: "k1", description: "other" }),
  ]);
  const codes = submissions.map(({ refusal, isNew }) => refusal?.code ?? isNew);
  assert.deepEqual(codes, [
    true,
    "invalid_message",
    true,
    "invalid_message",
    "not_found",
    true,
    false,
    "conflict",
  ]);
  assert.equal(submissions[5]?.kept?.task.task_id, submissions[6]?.kept?.task.task_id);
  assert.equal((await rig.center.list(ADA, { limit: 10 })).items.length, 3);
  await rig.center.cancel("task_parent", "web_ada");
  await assert.rejects(rig.ask({ parent_task_id: "task_parent" }), fails("conflict"));
});

Deno.test("a subtask that is asked for with its parent is kept only where that one is there and has not ended", async () => {
  await using rig = await Rig.open();
  await rig.ask({ task_id: "task_ended", idempotency_key: "k1" });
  await rig.center.cancel("task_ended", "web_ada");
  const codesOf = async (...asked: Partial<TaskRecord>[]) => {
    const fields = asked.map((each) => newTaskSchema.parse({ task_type: "report", ...each }));
    const submissions = await rig.center.submit(ADA, fields);
    return submissions.map(({ refusal, isNew }) => refusal?.code ?? isNew);
  };
  const again = { task_id: "task_ended", idempotency_key: "k1" };
  const subtaskOf = (parent_task_id: string) => ({ parent_task_id });
  assert.deepEqual(await codesOf(again, subtaskOf("task_ended")), [false, "conflict"]);
  assert.deepEqual(await codesOf({ ...again, task_id: "task_new" }, subtaskOf("task_new")), [
    false,
    "not_found",
  ]);
  assert.deepEqual(
    await codesOf(
      { task_id: "task_late", deadline: "2020-01-01T00:00:00.000Z" },
      { task_id: "task_sub", ...subtaskOf("task_late") },
      { task_id: "task_top" },
      { task_id: "task_mid", ...subtaskOf("task_top") },
      subtaskOf("task_mid"),
    ),
    ["invalid_message", "not_found", true, true, true],
  );
});

Deno.test("where the store fails between a task and its subtasks, the task is answered and they are refused", async () => {
  await using rig = await Rig.open();
  rig.tasks.faultOf = (_write, tasks) =>
    tasks.some(({ task }) => task.parent_task_id !== null) ? "before" : undefined;
  const [parent, child] = await rig.center.submit(ADA, [
    newTaskSchema.parse({ task_type: "report", task_id: "task_parent" }),
    newTaskSchema.parse({ task_type: "report", parent_task_id: "task_parent" }),
  ]);
  assert.deepEqual([parent!.isNew, child!.refusal?.code], [true, "unavailable"]);
});

Deno.test("a task that is cancelled while it waits does not wait any more", async () => {
  await using rig = await Rig.open();
  const taskId = await rig.ask();
  assert.equal(rig.center.figures().waiting, 1);
  await rig.center.cancel(taskId, "web_ada");
  assert.equal(rig.center.figures().waiting, 0);
});

Deno.test("a clock that is set back in the moment of a deadline does not lose it", async () => {
  await using rig = await Rig.open();
  const taskId = await rig.ask({ deadline: new Date(rig.clock.now() + 5_000).toISOString() });
  rig.clock.advance(5_000);
  rig.clock.set(-3_600_000);
  await quiet();
  assert.equal((await rig.get(taskId)).status, "pending");
  rig.clock.set(3_600_000);
  rig.clock.advance(60_000);
  await rig.status(taskId, "timed_out");
});
