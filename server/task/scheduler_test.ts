import { strict as assert } from "node:assert";
import { asked } from "../../shared/task/testing/record.ts";
import { Scheduler } from "./scheduler.ts";
import { Workers } from "./workers.ts";

/** A scheduler over agents that are free for so many tasks each. */
function schedulerOf(free: Record<string, number>): Scheduler {
  const workers = new Workers({
    find: (id) => ({
      id,
      isOnline: true,
      isRegistered: true,
      isPaused: false,
      capabilities: ["report"],
      attributes: {},
      connectionType: "websocket",
      maxConcurrentTasks: free[id]!,
    } as never),
    streamOf: () => undefined,
  });
  for (const id of Object.keys(free)) workers.refresh(id);
  return new Scheduler(workers, 0);
}

const lostBy = (...agents: string[]) =>
  agents.map((agent_id, index) => ({
    attempt: index + 1,
    agent_id,
    started_at: "2026-01-01T00:00:00.000Z",
    ended_at: "2026-01-01T00:00:01.000Z",
    outcome: "lost" as const,
    error: null,
  }));

Deno.test("picks() gives a task to whoever is freest, and to another where that one gave it back", () => {
  const scheduler = schedulerOf({ agent_free: 5, agent_busy: 1 });
  scheduler.add(asked(), 0);
  scheduler.add(asked({ task_id: "task_2", attempts: lostBy("agent_free") }), 0);
  const picks = scheduler.picks(10).map(({ taskId, agentId }) => [taskId, agentId]);
  assert.deepEqual(picks, [["task_1", "agent_free"], ["task_2", "agent_busy"]]);
});

Deno.test("picks() waits for another that is busy rather than to give a task to who gave it back", () => {
  const scheduler = schedulerOf({ agent_free: 5, agent_busy: 1 });
  scheduler.workers.took("agent_busy", "report");
  scheduler.add(asked({ attempts: lostBy("agent_free") }), 0);
  assert.deepEqual(scheduler.picks(10), []);
  scheduler.workers.released("agent_busy", "report");
  assert.deepEqual(scheduler.picks(10).map(({ agentId }) => agentId), ["agent_busy"]);
});

Deno.test("picks() avoids the last three that lost a task, however often one of them did", () => {
  const scheduler = schedulerOf({ agent_1: 1, agent_2: 1, agent_3: 1, agent_busy: 1 });
  scheduler.workers.took("agent_busy", "report");
  scheduler.add(asked({ attempts: lostBy("agent_1", "agent_2", "agent_3", "agent_3", "agent_3") }), 0);
  assert.deepEqual(scheduler.picks(10), []);
  scheduler.add(
    asked({ task_id: "task_2", attempts: lostBy("agent_1", "agent_2", "agent_3", "agent_4") }),
    0,
  );
  assert.deepEqual(scheduler.picks(10).map(({ agentId }) => agentId), ["agent_1"]);
});

Deno.test("picks() gives a task to who had it before where nobody else could do it", () => {
  const scheduler = schedulerOf({ agent_only: 2 });
  scheduler.add(asked({ attempts: lostBy("agent_only") }), 0);
  assert.deepEqual(scheduler.picks(10).map(({ agentId }) => agentId), ["agent_only"]);
});

Deno.test("picks() finds the one task that somebody can do among many others, and the next ones as they are freed", () => {
  const scheduler = schedulerOf({ agent_1: 1 });
  for (let number = 0; number < 1_000; number++) {
    scheduler.add(
      asked({ task_id: `task_${number}`, task_type: number % 500 ? `type_${number}` : "report" }),
      0,
    );
  }
  assert.deepEqual(scheduler.picks(10).map(({ taskId }) => taskId), ["task_0"]);
  assert.deepEqual(scheduler.picks(10), []);
  scheduler.workers.released("agent_1", "report");
  assert.deepEqual(scheduler.picks(10).map(({ taskId }) => taskId), ["task_500"]);
  scheduler.workers.released("agent_1", "report");
  assert.deepEqual(scheduler.picks(10), []);
  assert.equal(scheduler.size, 998);
});
