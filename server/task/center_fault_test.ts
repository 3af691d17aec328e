/** Tasks while the store fails, and a server that ends between two steps: nothing accepted is lost, nothing counts twice. */
import { strict as assert } from "node:assert";
import { ParleyError } from "../../shared/error.ts";
import type { TaskStatus } from "../../shared/model/task.ts";
import { openStore } from "../../shared/store/open.ts";
import type { TaskWord } from "./center.ts";
import { FakeClock } from "../presence/fake_clock.ts";
import { TestRoster } from "./testing/agents.ts";
import type { Fault } from "./testing/faulty_store.ts";
import { quiet, Rig, SERVER } from "./testing/rig.ts";

const fails = (code: string) => (error: unknown) => error instanceof ParleyError && error.code === code;
const DONE: TaskWord = { kind: "completed", result: "done" };

/** Has the next writes fail that have a task be so; resolves once one did. */
function failing(rig: Rig, status: TaskStatus, fault: Fault): Promise<void> {
  const failed = Promise.withResolvers<void>();
  rig.tasks.faultOf = (_write, tasks) => tasks.some(({ task }) => task.status === status) ? fault : undefined;
  rig.tasks.onFault = () => failed.resolve();
  return failed.promise;
}

function heal(rig: Rig): void {
  rig.tasks.faultOf = () => undefined;
  rig.tasks.isBlind = false;
}

/** Has time pass in which what failed is tried again. */
async function later(rig: Rig): Promise<void> {
  await quiet();
  rig.clock.advance(1_000);
  await quiet();
}

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

const TASK = { task_id: "task_1" };

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

Deno.test("a task that was kept though its asker was told otherwise is given once it is asked for again", async () => {
  await using rig = await Rig.open();
  rig.arrive("agent_1");
  rig.tasks.faultOf = () => "after";
  await assert.rejects(rig.ask(TASK), fails("unavailable"));
  heal(rig);
  assert.equal(await rig.ask(TASK), "task_1");
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
