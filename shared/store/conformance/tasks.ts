/** Cases: tasks, what was tried and what came of it. */
import assert from "node:assert/strict";
import type { StoreCase } from "../conformance.ts";
import { newId } from "../../model/id.ts";
import type { Principal } from "../../model/principal.ts";
import { NOTHING_DONE, type TaskRecord } from "../../model/task.ts";
import type { KeptTask, TaskChange, TaskStore } from "../store.ts";
import { ada, bob, FUTURE, guide, otherTenant, PAST, rejects, server } from "./fixtures.ts";

const AT = "2026-01-01T00:00:00.000Z";
const broker: Principal = { kind: "broker", id: "broker_1", tenantId: "default" };

const task = (fields: Partial<TaskRecord> = {}): TaskRecord => ({
  ...NOTHING_DONE,
  attempts: [],
  task_id: newId("task"),
  task_type: "report",
  description: "What was sold in May",
  parameters: { month: 5 },
  required_capabilities: ["sql"],
  priority: 3,
  parent_task_id: null,
  deadline: null,
  preferred_agent: null,
  idempotency_key: null,
  timeout_s: null,
  max_retries: 3,
  created_at: AT,
  updated_at: AT,
  requested_by: ada.id,
  ...fields,
});

export const kept = (fields: Partial<TaskRecord> = {}, more: Partial<KeptTask> = {}): KeptTask => ({
  task: task(fields),
  version: 1,
  serverId: null,
  answerTo: null,
  ...more,
});

export const as = (
  before: KeptTask,
  fields: Partial<TaskRecord>,
  more: Partial<TaskChange> = {},
): TaskChange => ({
  ...before,
  ...more,
  task: { ...before.task, ...fields },
});

async function added(tasks: TaskStore, ...all: KeptTask[]): Promise<void> {
  const there = await tasks.add(server, all);
  assert.deepEqual(there, all.map(() => undefined));
}

const ids = (all: TaskRecord[]) => all.map(({ task_id }) => task_id);
const idsOf = (all: KeptTask[]) => all.map(({ task }) => task.task_id);

export const taskCases: Record<string, StoreCase> = {
  async "a task is kept as it was, however odd"({ tasks }) {
    const odd = kept({
      description: `\0\ud800${"👩‍👩‍👧‍👦".repeat(1_000)}`,
      parameters: { "ключ": ["\0", null, 1.5, { deep: [true] }], long: "x".repeat(1_000_000) },
      required_capabilities: ["'\";--", "a b"],
      deadline: FUTURE,
      result: { nested: "\ud800" },
      attempts: [{
        attempt: 1,
        agent_id: guide.id,
        started_at: AT,
        ended_at: null,
        outcome: null,
        error: "'",
      }],
      progress: 0.25,
      idempotency_key: "Key 1",
    }, { serverId: "server_1", answerTo: guide.id });
    await added(tasks, odd);
    assert.deepEqual(await tasks.find(server, [odd.task.task_id]), [odd]);
    assert.deepEqual(await tasks.find(server, ["task_unknown"]), []);
  },

  async "add() gives the task that is there by its id or its requester's key, and leaves it"({ tasks }) {
    const first = kept({ idempotency_key: "May" });
    await added(tasks, first);
    const sameId = kept({ task_id: first.task.task_id, description: "other" });
    const sameKey = kept({ idempotency_key: "May" });
    const ofAnother = kept({ idempotency_key: "May", requested_by: bob.id });
    const otherCase = kept({ idempotency_key: "may" });
    const without = [kept(), kept()];
    const there = await tasks.add(server, [sameId, sameKey, ofAnother, otherCase, ...without]);
    assert.deepEqual(there, [first, first, undefined, undefined, undefined, undefined]);
    assert.deepEqual(await tasks.find(server, [first.task.task_id]), [first]);
  },

  async "one key asked for many times at once is one task"({ tasks }) {
    const asked = Array.from({ length: 10 }, () => kept({ idempotency_key: "May" }));
    const there = await Promise.all(asked.map((each) => tasks.add(server, [each])));
    assert.equal(there.filter(([one]) => one === undefined).length, 1);
    assert.equal((await tasks.list(server, { limit: 100 })).items.length, 1);
  },

  async "change() changes a task from the version it was, and no other"({ tasks }) {
    const [one, other] = [kept(), kept()];
    await added(tasks, one, other);
    const change = as(one, { status: "assigned", agent_id: guide.id, attempt: 1 }, { serverId: "server_1" });
    const stale = as(other, { status: "cancelled" });
    assert.deepEqual(await tasks.change(server, [change, { ...stale, version: 2 }]), [true, false]);
    const [found] = await tasks.find(server, [one.task.task_id]);
    assert.deepEqual(found, { ...change, version: 2 });
    assert.deepEqual(await tasks.change(server, [change]), [false]);
    assert.deepEqual(await tasks.find(server, [other.task.task_id]), [other]);
    assert.deepEqual(await tasks.change(otherTenant, [{ ...stale, version: 1 }]), [false]);
  },

  async "of many changes from one version one happens"({ tasks }) {
    const one = kept();
    await added(tasks, one);
    const changes = Array.from(
      { length: 10 },
      (_, index) =>
        tasks.change(server, [as(one, { status: "assigned", attempt: 1, agent_id: `agent_${index}` })]),
    );
    const done = (await Promise.all(changes)).flat();
    assert.equal(done.filter(Boolean).length, 1);
    const [found] = await tasks.find(server, [one.task.task_id]);
    assert.equal(found?.task.agent_id, `agent_${done.indexOf(true)}`);
  },

  async "a dead letter comes and goes with the change that says so, and with no other"(
    { tasks, deadLetters },
  ) {
    const one = kept();
    const id = one.task.task_id;
    await added(tasks, one);
    const letter = { id, queue: "tasks", body: "{}", code: "internal", reason: "It broke.", at: AT };
    const failed = as(one, { status: "failed" }, { letter });
    await tasks.change(server, [{ ...failed, version: 7 }]);
    assert.equal(await deadLetters.get(server, id), undefined);
    await tasks.change(server, [failed]);
    assert.deepEqual(await deadLetters.get(server, id), letter);
    await tasks.change(server, [as(one, { status: "pending" }, { version: 2, letter: null })]);
    assert.equal(await deadLetters.get(server, id), undefined);
  },

  async "list() finds tasks by what is asked for, newest first"({ tasks }) {
    const parent = kept();
    const parentId = parent.task.task_id;
    const child = kept({ parent_task_id: parentId, status: "completed", agent_id: guide.id });
    const other = kept({ task_type: "Übersetzung", description: "100%_sure", requested_by: bob.id });
    await added(tasks, parent, child, other);
    const found = async (filter: Parameters<TaskStore["list"]>[1] | object) =>
      ids((await tasks.list(server, { limit: 100, ...filter })).items);
    const [p, c, o] = [parent, child, other].map(({ task }) => task.task_id);
    assert.deepEqual(await found({}), [o, c, p]);
    assert.deepEqual(await found({ statuses: ["completed", "failed"] }), [c]);
    assert.deepEqual(await found({ agentId: guide.id }), [c]);
    assert.deepEqual(await found({ taskType: "report" }), [c, p]);
    assert.deepEqual(await found({ parentId }), [c]);
    assert.deepEqual(await found({ requestedBy: bob.id }), [o]);
    assert.deepEqual(await found({ query: "übersetz" }), [o]);
    assert.deepEqual(await found({ query: "0%_s" }), [o]);
    assert.deepEqual(await found({ query: "%" }), [o]);
    assert.deepEqual(await found({ query: p }), [p]);
    await rejects(tasks.list(server, { limit: 10, query: "x".repeat(201) }), "invalid_message");
    await rejects(tasks.list(server, { limit: 101 }), "invalid_message");
    await rejects(tasks.list(server, { limit: 1, cursor: "commands:1" }), "invalid_message");
  },

  async "a list of tasks goes on where its page ended"({ tasks }) {
    const all = Array.from({ length: 5 }, () => kept());
    await added(tasks, ...all);
    const first = await tasks.list(server, { limit: 2 });
    await added(tasks, kept());
    const second = await tasks.list(server, { limit: 2, cursor: first.next_cursor! });
    const third = await tasks.list(server, { limit: 2, cursor: second.next_cursor! });
    const seen = [first, second, third].flatMap(({ items }) => ids(items));
    assert.deepEqual(seen, idsOf(all).reverse());
    assert.equal(third.next_cursor, null);
  },

  async "a person sees its own tasks, an agent also what it has, the server all, a broker and another tenant none"(
    { tasks },
  ) {
    const [hers, his] = [kept({ agent_id: guide.id }), kept({ requested_by: bob.id })];
    await added(tasks, hers, his);
    const both = idsOf([hers, his]);
    const expected: [Principal, string[]][] = [
      [server, both.toReversed()],
      [ada, both.slice(0, 1)],
      [bob, both.slice(1)],
      [guide, both.slice(0, 1)],
      [broker, []],
      [otherTenant, []],
    ];
    for (const [principal, seen] of expected) {
      assert.deepEqual(ids((await tasks.list(principal, { limit: 10 })).items), seen, principal.id);
      assert.deepEqual(idsOf(await tasks.find(principal, both)).toSorted(), seen.toSorted(), principal.id);
      for (const id of both) {
        const one = idsOf(await tasks.find(principal, [id]));
        assert.deepEqual(one, seen.filter((each) => each === id), principal.id);
      }
    }
  },

  async "open() and states() give what has not ended, oldest first, each once"({ tasks }) {
    const all = Array.from(
      { length: 102 },
      (_, index) => kept({ status: index === 3 ? "failed" : index % 2 ? "assigned" : "pending" }),
    );
    await added(tasks, ...all);
    const expected = idsOf(all).toSpliced(3, 1);
    const first = await tasks.open(server, 0);
    const rest = await tasks.open(server, first.at(-1)!.position);
    assert.deepEqual(idsOf([...first, ...rest]), expected);
    const states = await tasks.states(server, 0);
    assert.deepEqual(states.map(({ taskId }) => taskId), expected);
    const { taskId, version, status, serverId, position } = states[1]!;
    assert.deepEqual(
      { taskId, version, status, serverId, position },
      { taskId: expected[1], version: 1, status: "assigned", serverId: null, position: first[1]!.position },
    );
    assert.deepEqual(await tasks.open(otherTenant, 0), []);
    assert.deepEqual(await tasks.states(otherTenant, 0), []);
  },

  async "a page of long tasks ends at some MiB, and the next ones go on to the last"({ tasks }) {
    const long = { parameters: { text: "x".repeat(900_000) }, result: { text: "€".repeat(300_000) } };
    const all = Array.from({ length: 8 }, (_, index) => kept(index === 4 ? {} : long));
    await added(tasks, ...all);
    const sizes: number[] = [];
    const seen: TaskRecord[] = [];
    let cursor: string | undefined;
    do {
      const page = await tasks.list(server, { limit: 100, ...(cursor ? { cursor } : {}) });
      sizes.push(page.items.length);
      seen.push(...page.items);
      cursor = page.next_cursor ?? undefined;
    } while (cursor);
    assert.deepEqual(seen, all.map((each) => each.task).reverse());
    assert.ok(Math.max(...sizes) <= 3 && Math.min(...sizes) >= 1, `pages of ${sizes}`);
    const one = await tasks.list(server, { limit: 1 });
    assert.deepEqual(ids(one.items), idsOf(all).slice(-1));
  },

  async "ids() gives the ids of what list() lists"({ tasks }) {
    const parent = kept();
    const parentId = parent.task.task_id;
    const children = Array.from({ length: 5 }, () => kept({ parent_task_id: parentId }));
    await added(tasks, parent, ...children, kept());
    const first = await tasks.ids(server, { parentId, limit: 3 });
    const rest = await tasks.ids(server, { parentId, limit: 3, cursor: first.next_cursor! });
    assert.deepEqual([...first.items, ...rest.items], idsOf(children).reverse());
    assert.equal(rest.next_cursor, null);
    assert.deepEqual((await tasks.ids(bob, { parentId, limit: 3 })).items, []);
    await rejects(tasks.ids(server, { limit: 1_001 }), "invalid_message");
  },

  async "outliving() gives the subtasks that go on though their parent failed, timed out or was cancelled"(
    { tasks },
  ) {
    const parents = (["pending", "completed", "failed", "timed_out", "cancelled"] as const)
      .map((status) => kept({ status }));
    const children = parents.flatMap(({ task: { task_id: parent_task_id } }) =>
      (["assigned", "completed"] as const).map((status) => kept({ status, parent_task_id }))
    );
    await added(tasks, ...parents, ...children, kept());
    const left = await tasks.outliving(server, 0);
    assert.deepEqual(
      left.map(({ taskId, parentId }) => [taskId, parentId]),
      [2, 3, 4].map((index) => [children[index * 2]!.task.task_id, parents[index]!.task.task_id]),
    );
    const rest = await tasks.outliving(server, left[0]!.position);
    assert.deepEqual(rest, left.slice(1));
    assert.deepEqual(await tasks.outliving(otherTenant, 0), []);
  },

  async "unanswered() gives what has ended and is to be answered, until it is"({ tasks }) {
    const [ended, other] = [0, 1].map(() => kept({ status: "completed" }, { answerTo: guide.id })) as [
      KeptTask,
      KeptTask,
    ];
    await added(tasks, ended, kept({}, { answerTo: guide.id }), kept({ status: "failed" }), other);
    const all = await tasks.unanswered(server, 0);
    assert.deepEqual(all.map(({ position: _, ...each }) => each), [ended, other]);
    assert.deepEqual(await tasks.unanswered(server, all[0]!.position), all.slice(1));
    assert.deepEqual(await tasks.unanswered(otherTenant, 0), []);
    const taskId = ended.task.task_id;
    assert.deepEqual(await tasks.answered(otherTenant, [{ taskId, version: ended.version }]), [false]);
    const stale = { taskId, version: ended.version + 1 };
    assert.deepEqual(await tasks.answered(server, [stale, { taskId, version: ended.version }]), [
      false,
      true,
    ]);
    assert.deepEqual(await tasks.find(server, [taskId]), [{
      ...ended,
      version: ended.version + 1,
      answerTo: null,
    }]);
    assert.deepEqual(await tasks.unanswered(server, 0), all.slice(1));
  },

  async "count() counts by status"({ tasks }) {
    await added(tasks, kept(), kept(), kept({ status: "completed" }));
    assert.deepEqual(await tasks.count(server), { pending: 2, completed: 1 });
    assert.deepEqual(await tasks.count(otherTenant), {});
  },

  async "prune() drops ended tasks from before, not those that go on or are to be answered"({ tasks }) {
    const old = Array.from({ length: 250 }, () => kept({ status: "completed", created_at: PAST }));
    const waits = kept({ created_at: PAST });
    const unanswered = kept({ status: "failed", created_at: PAST }, { answerTo: guide.id });
    const young = kept({ status: "completed" });
    await added(tasks, ...old, waits, unanswered, young);
    await tasks.prune(otherTenant, AT);
    await tasks.prune(server, AT);
    const left = ids((await tasks.list(server, { limit: 100 })).items);
    assert.deepEqual(left, idsOf([young, unanswered, waits]));
  },
};
