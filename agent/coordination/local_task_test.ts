import assert from "node:assert/strict";
import { timestamp } from "../../shared/model/message.ts";
import type { TaskRecord } from "../../shared/model/task.ts";
import type { AgentInfo } from "./backend.ts";
import { dueEvent, inOrder, lossOf, nextDueMs, taskOf, workersOf } from "./local_task.ts";
import { newTaskOf } from "./task_assignment.ts";

const NOW = Date.parse("2024-01-15T10:30:00.000Z");
const MADE = { requestedBy: "boss", maxRetries: 3, nowMs: NOW };

function task(id: string, change: Partial<TaskRecord> = {}): TaskRecord {
  return { ...taskOf(newTaskOf({ taskType: "t", taskId: id }), MADE), ...change };
}

function held(change: Partial<TaskRecord> = {}): TaskRecord {
  const attempt = {
    attempt: 1,
    agent_id: "ada",
    started_at: timestamp(NOW),
    ended_at: null,
    outcome: null,
    error: null,
  };
  return task("held", { status: "assigned", agent_id: "ada", attempt: 1, attempts: [attempt], ...change });
}

function agent(agentId: string, change: Partial<AgentInfo> = {}): AgentInfo {
  return {
    agentId,
    agentName: agentId,
    agentRole: "worker",
    capabilities: ["python"],
    status: "idle",
    isOnline: true,
    currentTasks: 0,
    maxConcurrentTasks: 2,
    load: 0,
    lastSeen: timestamp(NOW),
    ...change,
  };
}

Deno.test("inOrder puts the urgent first, then the earlier deadline, then who came first, and leaves out what is not due", () => {
  const tasks = [
    task("later"),
    task("soon", { deadline: timestamp(NOW + 1_000) }),
    task("critical", { priority: 1 }),
    task("paused", { not_before: timestamp(NOW + 1) }),
    task("last"),
    held(),
  ];
  assert.deepEqual(inOrder(tasks, NOW).map(({ task_id }) => task_id), ["critical", "soon", "later", "last"]);
});

Deno.test("inOrder lets a task of low priority rise as it waits", () => {
  const old = task("old", { priority: 5, created_at: timestamp(NOW - 4 * 60_000) });
  assert.deepEqual(inOrder([task("new", { priority: 2 }), old], NOW).map(({ task_id }) => task_id), [
    "old",
    "new",
  ]);
});

Deno.test("dueEvent and nextDueMs tell what time brings", () => {
  const cases: [TaskRecord, string | undefined, number][] = [
    [task("free"), undefined, Infinity],
    [task("late", { deadline: timestamp(NOW) }), "deadline_passed", NOW],
    [held({ timeout_s: 5 }), undefined, NOW + 5_000],
    [held({ timeout_s: 0 }), "overdue", NOW],
    [task("waiting", { timeout_s: 0 }), undefined, Infinity],
    [task("paused", { not_before: timestamp(NOW + 7) }), undefined, NOW + 7],
  ];
  for (const [one, kind, dueMs] of cases) {
    assert.deepEqual([dueEvent(one, NOW)?.kind, nextDueMs(one)], [kind, dueMs], one.task_id);
  }
});

Deno.test("lossOf takes an agent for gone that has left or was silent, and no other", () => {
  const at = { nowMs: NOW + 1_000, silentAfterMs: 1_000 };
  assert.match(lossOf(held(), undefined, at) ?? "", /ada is not registered/);
  assert.match(lossOf(held(), agent("ada"), at) ?? "", /not heard of for 1 s/);
  assert.equal(lossOf(held(), agent("ada", { lastSeen: timestamp(NOW + 1) }), at), undefined);
  // Its word of the task is a sign of life, too.
  assert.equal(lossOf(held({ updated_at: timestamp(NOW + 1) }), agent("ada"), at), undefined);
});

Deno.test("workersOf leaves out who can be given nothing, and counts what an agent has not told of yet", () => {
  const agents = [
    agent("ada", { currentTasks: 1 }),
    agent("bob"),
    agent("offline", { isOnline: false }),
    agent("paused", { status: "paused" }),
    agent("faulty", { status: "error" }),
    agent("full", { currentTasks: 2 }),
  ];
  const workers = workersOf(agents, new Map([["bob", 2]]), new Map([["ada", 7]]));
  assert.deepEqual(workers.map(({ agentId, tasks, lastGiven }) => [agentId, tasks, lastGiven]), [
    ["ada", 1, 7],
    ["bob", 2, 0],
  ]);
});
