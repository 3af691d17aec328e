import { strict as assert } from "node:assert";
import { ParleyError } from "../../shared/error.ts";
import type { KeptTask } from "../../shared/store/store.ts";
import { after, asked } from "../../shared/task/testing/record.ts";
import { FakeClock } from "../presence/fake_clock.ts";
import { Assigning, type AssigningOptions } from "./assigning.ts";
import { TestQueue, TestRoster, TestStream } from "./testing/agents.ts";
import { quiet, SERVER } from "./testing/rig.ts";

const waiting = (task_id: string): KeptTask => ({
  task: asked({ task_id }),
  version: 1,
  serverId: null,
  answerTo: null,
});

/** Assigning to one agent with one place; `assign` is what the ledger does with an assignment. */
function assigning(assign: (kept: KeptTask) => Promise<KeptTask>, fetch = () => Promise.resolve()) {
  const tried: string[] = [];
  const tasks = new Map<string, KeptTask>();
  const ledger: AssigningOptions["ledger"] = {
    at: (taskId) => tasks.get(taskId),
    fetch,
    find: (taskId) => Promise.resolve(tasks.get(taskId)!),
    happen(taskId) {
      tried.push(taskId);
      return assign(tasks.get(taskId)!);
    },
    recheck: () => Promise.resolve(),
  };
  const roster = new TestRoster();
  roster.set("agent_1");
  const stream = new TestStream();
  const parts = new Assigning({
    ledger,
    roster,
    serverId: SERVER.id,
    queue: new TestQueue(),
    clock: new FakeClock(),
    happen: () => {},
  });
  parts.opened("agent_1", stream);
  parts.begin();
  const wait = (...taskIds: string[]) => {
    for (const taskId of taskIds) {
      const kept = waiting(taskId);
      tasks.set(taskId, kept);
      parts.changed(undefined, kept);
    }
  };
  return { assigning: parts, stream, tried, wait };
}

Deno.test("what was picked before the end is not assigned after it", async () => {
  const [asking, found] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const scene = assigning((kept) => Promise.resolve(kept), () => (asking.resolve(), found.promise));
  scene.wait("task_1");
  await asking.promise;
  scene.assigning[Symbol.dispose]();
  found.resolve();
  await quiet(2);
  assert.deepEqual(scene.tried, []);
});

for (const code of ["conflict", "not_found"] as const) {
  Deno.test(`an assignment that is refused (${code}) leaves its agent to the next task at once`, async () => {
    const next = Promise.withResolvers<void>();
    const scene = assigning((kept) => {
      if (kept.task.task_id === "task_1") return Promise.reject(new ParleyError(code, "It is another's."));
      next.resolve();
      return Promise.resolve(kept);
    });
    using _assigning = scene.assigning;
    scene.wait("task_1", "task_2");
    await next.promise;
    assert.deepEqual(scene.tried, ["task_1", "task_2"]);
  });
}

Deno.test("a task is given once it is assigned, and the next when its agent has a place again", async () => {
  const scene = assigning((kept) => {
    const task = after(kept.task, { kind: "assigned", agentId: "agent_1" });
    const assigned = { ...kept, task, version: 2, serverId: SERVER.id };
    scene.assigning.changed(kept, assigned);
    return Promise.resolve(assigned);
  });
  using parts = scene.assigning;
  const given = Promise.withResolvers<KeptTask["task"]>();
  scene.stream.onGive = given.resolve;
  scene.wait("task_1", "task_2");
  const task = await given.promise;
  assert.deepEqual([task.task_id, task.attempt], ["task_1", 1]);
  assert.deepEqual(parts.figures(), { waiting: 1, held: 1 });
  const next = Promise.withResolvers<KeptTask["task"]>();
  scene.stream.onGive = next.resolve;
  const done = after(task, { kind: "completed", by: { agentId: "agent_1" }, result: null });
  parts.changed({ ...waiting("task_1"), task, serverId: SERVER.id }, { ...waiting("task_1"), task: done });
  assert.equal((await next.promise).task_id, "task_2");
  assert.deepEqual(scene.stream.stopped, []);
});
