/** Tasks while the store fails: nothing accepted is lost, nothing counts twice. */
import { strict as assert } from "node:assert";
import { ParleyError } from "../../shared/error.ts";
import type { TaskStatus } from "../../shared/model/task.ts";
import { fails } from "../testing/fails.ts";
import { failing, heal, later } from "./testing/faults.ts";
import { DONE, quiet, Rig, SERVER } from "./testing/rig.ts";

Deno.test("a task that the store does not keep is refused, and nobody is given it", async () => {
  await using rig = await Rig.open();
  const stream = rig.arrive("agent_1");
  rig.tasks.faultOf = () => "before";
  await assert.rejects(rig.ask(), fails("unavailable"));
  heal(rig);
  await quiet();
  assert.deepEqual(stream.given, []);
  assert.deepEqual(rig.center.figures(), { waiting: 0, held: 0, ended: {} });
});

for (const fault of ["before", "after"] as const) {
  Deno.test(`an assignment that fails (${fault} it is kept) is made once the store is back, and counts once`, async () => {
    await using rig = await Rig.open();
    const stream = rig.arrive("agent_1", { maxConcurrentTasks: 2 });
    const failed = failing(rig, "assigned", fault);
    const taskId = await rig.ask();
    await failed;
    assert.deepEqual(stream.given, []);
    heal(rig);
    await later(rig);
    await rig.heldBy("agent_1", taskId);
    assert.deepEqual(stream.given.map(({ attempt }) => attempt), [1]);
    // It takes exactly one more.
    const second = await rig.ask();
    await rig.heldBy("agent_1", second);
    const third = await rig.ask();
    await quiet();
    assert.equal((await rig.get(third)).status, "pending");
    await rig.report("agent_1", taskId, DONE);
    await rig.heldBy("agent_1", third);
    const fourth = await rig.ask();
    await quiet();
    assert.equal((await rig.get(fourth)).status, "pending");
  });

  Deno.test(`a result that fails to be kept (${fault} it is) is told again, and frees its agent once`, async () => {
    await using rig = await Rig.open();
    rig.arrive("agent_1");
    const taskId = await rig.ask({}, "agent_asks");
    await rig.heldBy("agent_1", taskId);
    void failing(rig, "completed", fault);
    await assert.rejects(rig.report("agent_1", taskId, DONE, 1), fails("unavailable"));
    heal(rig);
    const seen: TaskStatus[] = [];
    const sink = {
      send: ({ task }: { task: { status: TaskStatus } }) => seen.push(task.status),
      isBehind: false,
      caughtUp: () => Promise.resolve(true),
    };
    using _watching = rig.center.watchers.add(SERVER, { taskId }, sink);
    assert.equal((await rig.report("agent_1", taskId, DONE, 1)).status, "completed");
    await rig.report("agent_1", taskId, DONE, 1);
    await quiet();
    assert.deepEqual(seen, ["completed"]);
    assert.deepEqual(rig.center.figures(), { waiting: 0, held: 0, ended: { completed: 1 } });
    assert.equal(rig.answers.length, 1);
    const [next, waits] = [await rig.ask(), await rig.ask()];
    await rig.heldBy("agent_1", next);
    await quiet();
    assert.equal((await rig.get(waits)).status, "pending");
  });

  Deno.test(`who is lost while the store fails (${fault} that is kept) has lost its tasks once it is back`, async () => {
    await using rig = await Rig.open();
    const stream = rig.arrive("agent_1");
    const taskId = await rig.ask();
    await rig.heldBy("agent_1", taskId);
    const failed = failing(rig, "pending", fault);
    rig.leave("agent_1", stream);
    await failed;
    heal(rig);
    await later(rig);
    rig.arrive("agent_2");
    const task = await rig.heldBy("agent_2", taskId);
    assert.deepEqual(task.attempts.map(({ outcome }) => outcome), ["lost", null]);
  });
}

Deno.test("an agent that is started anew while the store fails gets its task again once the store is back", async () => {
  await using rig = await Rig.open();
  rig.arrive("agent_1");
  const taskId = await rig.ask();
  await rig.heldBy("agent_1", taskId);
  const failed = failing(rig, "pending", "before");
  rig.arrive("agent_1");
  await failed;
  heal(rig);
  await later(rig);
  await rig.heldBy("agent_1", taskId, 1);
});

Deno.test("a deadline that passes while the store is away ends the task once it is back", async () => {
  await using rig = await Rig.open();
  const taskId = await rig.ask({ deadline: new Date(rig.clock.now() + 5_000).toISOString() });
  const failed = failing(rig, "timed_out", "before");
  rig.clock.advance(5_000);
  await failed;
  heal(rig);
  await later(rig);
  assert.equal((await rig.get(taskId)).status, "timed_out");
});

Deno.test("a task that is not at hand waits on while the store is away, however long", async () => {
  await using rig = await Rig.open();
  const clock = rig.clock;
  const big = "x".repeat(1_000_000);
  const first = await rig.ask({ task_type: "sum" });
  // More than there is room for in memory.
  for (let count = 0; count < 40; count++) await rig.ask({ parameters: { big } });
  rig.tasks.isBlind = true;
  rig.arrive("agent_1", { taskTypes: ["sum"] });
  for (let seconds = 0; seconds < 3; seconds++) {
    await quiet(5);
    clock.advance(1_000);
  }
  heal(rig);
  await later(rig);
  await rig.heldBy("agent_1", first);
});

Deno.test("subtasks are cancelled with their parent though the store fails meanwhile", async () => {
  await using rig = await Rig.open();
  const parent = await rig.ask();
  const children = [await rig.ask({ parent_task_id: parent }), await rig.ask({ parent_task_id: parent })];
  await rig.center.cancel(parent, "web_ada");
  rig.tasks.isBlind = true;
  await later(rig);
  heal(rig);
  await later(rig);
  for (const child of children) assert.equal((await rig.get(child)).status, "cancelled");
});

Deno.test("disposing while the store fails leaves no timer behind, and nothing is assigned any more", async () => {
  const rig = await Rig.open();
  rig.arrive("agent_1");
  const failed = failing(rig, "assigned", "before");
  const deadline = new Date(rig.clock.now() + 60_000).toISOString();
  await rig.ask({ deadline });
  await failed;
  await quiet(3);
  assert.ok(rig.clock.timers > 0);
  await rig[Symbol.asyncDispose]();
  assert.equal(rig.clock.timers, 0);
});

Deno.test("a task that was kept though its asker was told otherwise is given once it is asked for again", async () => {
  await using rig = await Rig.open();
  rig.arrive("agent_1");
  rig.tasks.faultOf = () => "after";
  await assert.rejects(rig.ask({ task_id: "task_1" }), fails("unavailable"));
  heal(rig);
  assert.equal(await rig.ask({ task_id: "task_1" }), "task_1");
  await rig.heldBy("agent_1", "task_1");
  assert.equal(rig.center.figures().waiting, 0);
});

Deno.test("disposing while an answer waits to be told leaves no timer behind", async () => {
  const rig = await Rig.open();
  rig.onAnswer = () => Promise.reject(new ParleyError("unavailable", "The bus is away."));
  await rig.center.cancel(await rig.ask({}, "agent_asks"), "web_ada");
  await quiet(5);
  await rig[Symbol.asyncDispose]();
  assert.equal(rig.clock.timers, 0);
});

Deno.test("who watches a task while the store is away is told how it stands once that is back", async () => {
  await using rig = await Rig.open();
  const taskId = await rig.ask();
  await rig.center.cancel(taskId, "web_ada");
  await using next = await Rig.open({ store: rig.store });
  const asked = Promise.withResolvers<void>();
  const { find } = next.tasks;
  next.tasks.find = (...given) => {
    asked.resolve();
    return find(...given);
  };
  next.tasks.isBlind = true;
  const told = next.status(taskId, "cancelled");
  await asked.promise;
  heal(next);
  await told;
});
