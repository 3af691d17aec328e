/** The agents of the center, over a real store: who gets what and in which turn, whose word counts, and what comes of who is gone. */
import { strict as assert } from "node:assert";
import { fails } from "../testing/fails.ts";
import { DONE, quiet, Rig, working } from "./testing/rig.ts";

Deno.test("an agent has at most as many tasks as it takes, in all and of each type", async () => {
  await using rig = await Rig.open();
  rig.roster.set("agent_1", { maxConcurrentTasks: 3, attributes: { task_types: "report sum" } });
  const stream = rig.arrive("agent_1", { maxConcurrentTasks: 3 });
  stream.types = [{ taskType: "report", mostAtOnce: 1 }, { taskType: "sum", mostAtOnce: 0 }];
  rig.center.agents.refresh("agent_1");
  for (const task_type of ["report", "report", "sum", "sum", "sum"]) await rig.ask({ task_type });
  await quiet();
  assert.deepEqual(stream.given.map(({ task_type }) => task_type).sort(), ["report", "sum", "sum"]);
  const report = stream.given.find(({ task_type }) => task_type === "report")!;
  await rig.report("agent_1", report.task_id, DONE);
  await quiet();
  assert.deepEqual(stream.given.map(({ task_type }) => task_type).slice(3), ["report"]);
});

Deno.test("a paused agent keeps what it has and is given no more until it goes on", async () => {
  await using scene = await working();
  const { rig, stream, taskId } = scene;
  rig.roster.set("agent_1", { isPaused: true });
  const next = await rig.ask();
  await rig.report("agent_1", taskId, DONE);
  await quiet();
  assert.equal(stream.given.length, 1);
  rig.roster.set("agent_1", { isPaused: false });
  await rig.heldBy("agent_1", next);
});

Deno.test("an agent that is gone loses its tasks to another at once, and its late word does not count", async () => {
  await using scene = await working();
  const { rig, stream, taskId } = scene;
  const other = rig.arrive("agent_2");
  rig.leave("agent_1", stream);
  const task = await rig.heldBy("agent_2", taskId);
  assert.equal(task.attempt, 2);
  assert.deepEqual(task.attempts.map(({ agent_id, outcome }) => [agent_id, outcome]), [
    ["agent_1", "lost"],
    ["agent_2", null],
  ]);
  assert.equal(other.given.length, 1);
  await assert.rejects(rig.report("agent_1", taskId, DONE, 1), fails("conflict"));
  await assert.rejects(rig.report("agent_1", taskId, DONE), fails("forbidden"));
  assert.equal((await rig.get(taskId)).status, "assigned");
});

Deno.test("the result of an agent that was taken for gone counts while nobody else has the task", async () => {
  await using scene = await working();
  const { rig, stream, taskId } = scene;
  rig.leave("agent_1", stream);
  await rig.status(taskId, "pending");
  await rig.report("agent_1", taskId, DONE, 1);
  const late = rig.arrive("agent_2");
  await quiet();
  assert.equal((await rig.get(taskId)).status, "completed");
  assert.deepEqual(late.given, []);
  assert.equal(rig.center.figures().waiting, 0);
});

Deno.test("an agent that comes back with a task goes on with it; what it has no more is tried again", async () => {
  await using rig = await Rig.open();
  const stream = rig.arrive("agent_1", { maxConcurrentTasks: 2 });
  const [kept, gone] = [await rig.ask(), await rig.ask()];
  await rig.heldBy("agent_1", kept);
  await rig.heldBy("agent_1", gone);
  rig.center.agents.closed("agent_1", stream);
  const again = rig.arrive("agent_1", {}, [{ taskId: kept, attempt: 1 }, { taskId: "task_old", attempt: 4 }]);
  await rig.heldBy("agent_1", gone, 1);
  assert.deepEqual(again.given.map(({ task_id, attempt }) => [task_id, attempt]), [[gone, 2]]);
  const stopped = again.stopped.map(({ taskId, attempt }) => [taskId, attempt]);
  assert.deepEqual(stopped.sort(), [[gone, 1], ["task_old", 4]].sort());
  assert.equal((await rig.get(kept)).attempt, 1);
});

Deno.test("a stream that is closed late closes nothing of the one that took its place", async () => {
  await using scene = await working();
  const { rig, stream, taskId } = scene;
  const second = rig.arrive("agent_1", {}, [{ taskId, attempt: 1 }]);
  rig.center.agents.closed("agent_1", stream);
  await rig.report("agent_1", taskId, DONE);
  await rig.heldBy("agent_1", await rig.ask());
  assert.equal(second.given.length, 1);
});

Deno.test("a task that is being assigned when its agent's stream closes goes to whoever can take it", async () => {
  await using rig = await Rig.open();
  const stream = rig.arrive("agent_1");
  const taskId = await rig.ask();
  const closing = Promise.withResolvers<void>();
  rig.tasks.faultOf = (write, [kept]) => {
    if (write === "change" && kept?.task.status === "assigned") closing.resolve();
    return undefined;
  };
  await closing.promise;
  rig.center.agents.closed("agent_1", stream);
  await rig.until(taskId, ({ attempts }) => attempts[0]?.outcome === "lost");
  rig.arrive("agent_2");
  await rig.heldBy("agent_2", taskId);
  assert.deepEqual(rig.queue.given, []);
});

Deno.test("an agent that reads its queue is given tasks there, and told there to stop", async () => {
  await using rig = await Rig.open();
  rig.roster.set("agent_q", { connectionType: "websocket", attributes: { task_types: "report" } });
  const taskId = await rig.ask();
  await rig.heldBy("agent_q", taskId);
  assert.deepEqual(rig.queue.given.map(({ task_id }) => task_id), [taskId]);
  await rig.center.cancel(taskId, "web_ada");
  assert.deepEqual(rig.queue.stopped, [["agent_q", { taskId, attempt: 1 }]]);
});

Deno.test("who is online and says nothing for so long loses its tasks; a word or a heartbeat keeps them", async () => {
  await using scene = await working();
  const { rig, taskId } = scene;
  rig.clock.advance(299_000);
  rig.center.agents.heard("agent_1");
  rig.clock.advance(299_000);
  rig.roster.set("agent_1", { heardAtTicks: rig.clock.ticks() });
  rig.clock.advance(299_000);
  await quiet();
  assert.equal((await rig.get(taskId)).attempt, 1);
  rig.clock.advance(2_000);
  const task = await rig.until(taskId, ({ attempts }) => attempts[0]?.outcome === "lost");
  assert.match(task.attempts[0]?.error ?? "", /has said nothing for 300 s/);
});

Deno.test("an agent gives a task back, and another has it at once", async () => {
  await using scene = await working();
  const { rig, taskId } = scene;
  rig.arrive("agent_2");
  rig.roster.set("agent_1", { isPaused: true });
  await rig.report("agent_1", taskId, { kind: "returned", reason: "The agent ended." });
  const task = await rig.heldBy("agent_2", taskId);
  assert.equal(task.attempts[0]?.outcome, "lost");
});

Deno.test("hundreds of tasks that come together are all given where there is room", async () => {
  await using rig = await Rig.open();
  const stream = rig.arrive("agent_1", { maxConcurrentTasks: 500 });
  const all = new Promise<void>((resolve) => stream.onGive = () => stream.given.length === 450 && resolve());
  await Promise.all(Array.from({ length: 450 }, () => rig.ask()));
  await all;
  assert.equal(rig.center.figures().held, 450);
});

Deno.test("a task at low priority gets its turn though higher ones keep coming", async () => {
  await using rig = await Rig.open();
  const stream = rig.arrive("agent_1");
  const low = await rig.ask({ priority: 5 });
  await rig.heldBy("agent_1", low);
  const waits = await rig.ask({ priority: 5 });
  await rig.ask({ priority: 2 });
  rig.clock.advance(4 * 60_000);
  rig.center.agents.heard("agent_1");
  const fresh = await rig.ask({ priority: 2 });
  for (let given = 1; given <= 4; given++) {
    const last = stream.given.at(-1)!.task_id;
    const isGiven = new Promise<void>((resolve) => stream.onGive = () => resolve());
    await rig.report("agent_1", last, DONE);
    if (given < 4) await isGiven;
  }
  const order = stream.given.map(({ task_id }) => task_id);
  assert.deepEqual([order.indexOf(waits), order.indexOf(fresh)], [2, 3]);
});

Deno.test("who waits longest gets its turn though nothing else comes meanwhile", async () => {
  await using scene = await working();
  const { rig, stream, taskId } = scene;
  const low = await rig.ask({ priority: 5 });
  await rig.ask({ priority: 2 });
  for (let minute = 0; minute < 5; minute++) {
    rig.clock.advance(60_000);
    rig.center.agents.heard("agent_1");
  }
  await rig.report("agent_1", taskId, DONE);
  await rig.heldBy("agent_1", low);
  assert.equal(stream.given.length, 2);
});

Deno.test("who is online and silent is not given again what it lost by that, while somebody else could do it", async () => {
  await using rig = await Rig.open();
  const silent = rig.arrive("agent_1");
  const taskId = await rig.ask({ preferred_agent: "agent_1" });
  await rig.heldBy("agent_1", taskId);
  rig.arrive("agent_2");
  const other = await rig.ask();
  await rig.heldBy("agent_2", other);
  rig.clock.advance(299_000);
  rig.center.agents.heard("agent_2");
  rig.clock.advance(2_000);
  await rig.until(taskId, ({ attempts }) => attempts[0]?.outcome === "lost");
  await quiet();
  assert.equal((await rig.get(taskId)).status, "pending");
  await rig.report("agent_2", other, DONE);
  await rig.heldBy("agent_2", taskId);
  assert.equal(silent.given.length, 1);
});
