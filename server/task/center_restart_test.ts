/** Tasks of a server that ends between two steps, and of the next one: nothing accepted is lost, nothing counts twice. */
import { strict as assert } from "node:assert";
import type { TaskStatus } from "../../shared/model/task.ts";
import { openStore } from "../../shared/store/open.ts";
import { FakeClock } from "../presence/fake_clock.ts";
import { TestRoster } from "./testing/agents.ts";
import { failing, heal } from "./testing/faults.ts";
import type { Fault } from "./testing/faulty_store.ts";
import { DONE, quiet, Rig } from "./testing/rig.ts";

const TASK = { task_id: "task_1" };

/** A server that ends when a task is to be kept so, and the one that follows it. */
async function restarted(
  status: TaskStatus,
  fault: Fault,
  run: (rig: Rig) => Promise<unknown>,
): Promise<{ next: Rig; roster: TestRoster } & AsyncDisposable> {
  const store = await openStore("sqlite::memory:");
  const rig = await Rig.open({ store });
  const ended = failing(rig, status, fault);
  const running = run(rig).catch(() => {});
  await ended;
  // It is killed: its center is never disposed of, and hears of nothing any more.
  rig.tasks.faultOf = () => "dead";
  void running;
  const roster = new TestRoster();
  const next = await Rig.open({ store, clock: new FakeClock(rig.clock.time), roster });
  return {
    next,
    roster,
    async [Symbol.asyncDispose]() {
      await next[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}

Deno.test("a server that ends between keeping an assignment and giving it: the task is given by the next", async () => {
  await using scene = await restarted("assigned", "untold", async (rig) => {
    rig.arrive("agent_1");
    await rig.ask(TASK);
  });
  const { next, roster } = scene;
  assert.equal((await next.get("task_1")).status, "assigned");
  assert.equal(next.center.figures().held, 1);
  const stream = next.arrive("agent_1");
  roster.settle();
  await next.heldBy("agent_1", "task_1", 1);
  assert.deepEqual(stream.given.map(({ attempt }) => attempt), [2]);
});

Deno.test("the same for an agent that reads its queue: it is put there again, as the same attempt", async () => {
  const queued = { connectionType: "websocket" } as const;
  await using scene = await restarted("assigned", "untold", async (rig) => {
    rig.roster.set("agent_1", queued);
    await rig.ask(TASK);
  });
  const { next, roster } = scene;
  roster.set("agent_1", queued);
  roster.settle();
  await quiet();
  assert.deepEqual(next.queue.given.map(({ task_id, attempt }) => [task_id, attempt]), [["task_1", 1]]);
});

Deno.test("a server that ends between keeping a result and saying so: told again, it counts once", async () => {
  await using scene = await restarted("completed", "untold", async (rig) => {
    rig.arrive("agent_1");
    await rig.ask(TASK, "agent_asks");
    await rig.heldBy("agent_1", "task_1");
    await rig.report("agent_1", "task_1", DONE, 1);
  });
  const { next } = scene;
  const stream = next.arrive("agent_1", {}, [{ taskId: "task_1", attempt: 1 }]);
  assert.equal((await next.report("agent_1", "task_1", DONE, 1)).status, "completed");
  await quiet();
  assert.deepEqual(stream.given, []);
  assert.deepEqual(next.answers.map(([agentId, { status }]) => [agentId, status]), [[
    "agent_asks",
    "completed",
  ]]);
  assert.deepEqual(next.center.figures(), { waiting: 0, held: 0, ended: {} });
});

Deno.test("a server that ends before a result is kept: the agent is not given it anew, and its result counts", async () => {
  await using scene = await restarted("completed", "before", async (rig) => {
    rig.arrive("agent_1");
    await rig.ask(TASK);
    await rig.heldBy("agent_1", "task_1");
    await rig.report("agent_1", "task_1", DONE, 1);
  });
  const { next, roster } = scene;
  const stream = next.arrive("agent_1", {}, [{ taskId: "task_1", attempt: 1 }]);
  const waits = await next.ask();
  roster.settle();
  await quiet();
  // What it has counts for its capacity.
  assert.equal((await next.get(waits)).status, "pending");
  await next.report("agent_1", "task_1", DONE, 1);
  await next.heldBy("agent_1", waits);
  assert.deepEqual(stream.given.map(({ task_id }) => task_id), [waits]);
});

Deno.test("an agent that is not back when the roster has settled has lost its tasks; before, nobody is given them", async () => {
  await using scene = await restarted("in_progress", "untold", async (rig) => {
    rig.arrive("agent_1");
    await rig.ask(TASK);
    await rig.heldBy("agent_1", "task_1");
    await rig.report("agent_1", "task_1", { kind: "started" });
  });
  const { next, roster } = scene;
  const other = next.arrive("agent_2");
  await quiet();
  assert.deepEqual(other.given, []);
  roster.settle();
  const task = await next.heldBy("agent_2", "task_1");
  assert.match(task.attempts[0]?.error ?? "", /was not back after the server had been restarted/);
});

Deno.test("a deadline stands after a restart in the pause between two attempts, and during one", async () => {
  const deadlineAfter = (rig: Rig) => new Date(rig.clock.now() + 60_000).toISOString();
  await using scene = await restarted("pending", "untold", async (rig) => {
    rig.arrive("agent_1", { maxConcurrentTasks: 2 });
    const { faultOf } = rig.tasks;
    heal(rig);
    await rig.ask({ ...TASK, deadline: deadlineAfter(rig) });
    await rig.ask({ task_id: "task_2", deadline: deadlineAfter(rig), timeout_s: 30, max_retries: 5 });
    await rig.heldBy("agent_1", "task_1");
    await rig.heldBy("agent_1", "task_2");
    rig.tasks.faultOf = faultOf;
    await rig.report("agent_1", "task_1", { kind: "failed", error: "no" });
  });
  const { next } = scene;
  // Nobody is there who could take them.
  next.clock.advance(10_000);
  await quiet();
  assert.equal((await next.get("task_1")).status, "pending");
  next.clock.advance(50_000);
  await next.status("task_1", "timed_out");
  await next.status("task_2", "timed_out");
});
