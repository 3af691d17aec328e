import { strict as assert } from "node:assert";
import { ParleyError } from "../../shared/error.ts";
import { openStore } from "../../shared/store/open.ts";
import type { KeptTask } from "../../shared/store/store.ts";
import { after, asked } from "../../shared/task/testing/record.ts";
import type { TaskEvent } from "../../shared/task/transition.ts";
import { FakeClock } from "../presence/fake_clock.ts";
import { Ledger, type LedgerOptions } from "./ledger.ts";
import { FaultyStore } from "./testing/faulty_store.ts";
import { SERVER } from "./testing/rig.ts";

const fails = (code: string) => (error: unknown) => error instanceof ParleyError && error.code === code;
const ASSIGNED = { kind: "assigned", agentId: "agent_1" } as const;

const kept = (fields: Partial<KeptTask> = {}): KeptTask => ({
  task: asked(),
  version: 1,
  serverId: null,
  answerTo: null,
  ...fields,
});

/** A ledger over a store in which there is a task. */
async function ledgerWith(onKept: LedgerOptions["onKept"] = () => {}, options: Partial<LedgerOptions> = {}) {
  const opened = await openStore("sqlite::memory:");
  const store = new FaultyStore(opened.tasks);
  await store.add(SERVER, [kept()]);
  const clock = new FakeClock();
  const ledger = new Ledger({ store, server: SERVER, clock, pauseMs: () => 1_000, onKept, ...options });
  return {
    ledger,
    store,
    async [Symbol.asyncDispose]() {
      await ledger.idle();
      await opened[Symbol.asyncDispose]();
    },
  };
}

Deno.test("learn() keeps the newer version at hand, whichever comes last", async () => {
  await using scene = await ledgerWith();
  const { ledger } = scene;
  ledger.learn(kept({ version: 3 }));
  ledger.learn(kept({ version: 2 }));
  assert.equal(ledger.at("task_1")?.version, 3);
  ledger.learn(kept({ version: 4 }));
  assert.equal(ledger.at("task_1")?.version, 4);
});

Deno.test("what happens to one task happens in its turn, is kept and told, and only then resolves", async () => {
  const told: [string, number][] = [];
  await using scene = await ledgerWith((before, { task, version }) => {
    assert.equal(before?.version, version - 1);
    told.push([task.status, version]);
  });
  const { ledger, store } = scene;
  const by = { agentId: "agent_1" };
  const [assigned, , completed] = await Promise.all([
    ledger.happen("task_1", ASSIGNED),
    ledger.happen("task_1", { kind: "started", by }),
    ledger.happen("task_1", { kind: "completed", by, result: 1 }),
  ]);
  assert.deepEqual([assigned.serverId, completed.serverId], [SERVER.id, null]);
  assert.deepEqual(told, [["assigned", 2], ["in_progress", 3], ["completed", 4]]);
  assert.deepEqual(await store.find(SERVER, ["task_1"]), [completed]);
});

Deno.test("what changes nothing is neither written nor told, and what is refused says why", async () => {
  const told: unknown[] = [];
  await using scene = await ledgerWith((_before, after) => told.push(after));
  const { ledger, store } = scene;
  store.faultOf = () => "before";
  await ledger.happen("task_1", { kind: "overdue" });
  const late = ledger.happen("task_1", { kind: "started", by: { agentId: "agent_2" } });
  await assert.rejects(late, fails("forbidden"));
  await assert.rejects(ledger.happen("task_unknown", ASSIGNED), fails("not_found"));
  await assert.rejects(ledger.happen("agent_1", ASSIGNED), fails("not_found"));
  await assert.rejects(ledger.happen("task_1", ASSIGNED), fails("unavailable"));
  assert.deepEqual(told, []);
});

Deno.test("a change that another server was first with is decided anew over what that one kept", async () => {
  const told: [string, string][] = [];
  await using scene = await ledgerWith((_before, { task }, where) => told.push([task.status, where]));
  const { ledger, store } = scene;
  await ledger.find("task_1").then((known) => ledger.learn(known));
  const theirs = after(asked(), { kind: "assigned", agentId: "agent_2" });
  await store.change(SERVER, [kept({ task: theirs, serverId: "server_other" })]);
  await assert.rejects(ledger.happen("task_1", ASSIGNED), fails("conflict"));
  assert.deepEqual(told, [["assigned", "elsewhere"]]);
  const { task } = await ledger.happen("task_1", { kind: "cancelled", by: "web_ada" });
  assert.deepEqual([task.status, task.agent_id], ["cancelled", "agent_2"]);
});

Deno.test("what has to outlast a loss of power keeps nothing else waiting", async () => {
  await using scene = await ledgerWith();
  const { ledger, store } = scene;
  await store.add(SERVER, [kept({ task: asked({ task_id: "task_2" }) })]);
  const disk = Promise.withResolvers<void>();
  store.change = async (principal, changes) => {
    if (changes.some(({ task }) => task.status === "cancelled")) await disk.promise;
    return await store.store.change(principal, changes);
  };
  const end = ledger.happen("task_1", { kind: "cancelled", by: "web_ada" });
  const begun = await ledger.happen("task_2", ASSIGNED);
  assert.equal(begun.task.status, "assigned");
  disk.resolve();
  assert.equal((await end).task.status, "cancelled");
});

/** Has another server have something happen to the task, of which no word comes here. */
async function elsewhere({ store }: { store: FaultyStore }, ...events: TaskEvent[]): Promise<void> {
  for (const event of events) {
    const [found] = await store.find(SERVER, ["task_1"]);
    await store.change(SERVER, [{ ...found!, task: after(found!.task, event), serverId: "server_other" }]);
  }
}

const THEIRS = { agentId: "agent_2" };
const GIVEN: TaskEvent = { kind: "assigned", ...THEIRS };
const CANCELLED = { kind: "cancelled", by: "web_ada" } as const;

Deno.test("where servers share tasks nothing is refused for what is not so any more", async () => {
  await using scene = await ledgerWith(() => {}, { isShared: true });
  const { ledger } = scene;
  ledger.learn(kept());
  await elsewhere(scene, GIVEN);
  // It was at hand as one that waits.
  assert.equal((await ledger.happen("task_1", { kind: "started", by: THEIRS })).task.status, "in_progress");
  await elsewhere(scene, { kind: "failed", by: THEIRS, error: "no chisel", isFinal: true });
  assert.equal((await ledger.happen("task_1", { kind: "retried" })).task.status, "pending");
});

Deno.test("where servers share tasks one is not taken for cancelled that another has had tried again", async () => {
  await using scene = await ledgerWith(() => {}, { isShared: true });
  const { ledger } = scene;
  await ledger.happen("task_1", CANCELLED);
  await elsewhere(scene, { kind: "retried" }, GIVEN);
  await ledger.happen("task_1", CANCELLED);
  const [found] = await scene.store.find(SERVER, ["task_1"]);
  assert.equal(found?.task.status, "cancelled");
});

Deno.test("a task stays with the server that has its agent, wherever word of it is read", async () => {
  let isHere = false;
  await using scene = await ledgerWith(() => {}, { isShared: true, isHere: () => isHere });
  const { ledger } = scene;
  await elsewhere(scene, GIVEN);
  const say = (progress: number) => ledger.happen("task_1", { kind: "progressed", by: THEIRS, progress });
  assert.equal((await say(0.1)).serverId, "server_other");
  isHere = true;
  assert.equal((await say(0.2)).serverId, SERVER.id);
});
