import { strict as assert } from "node:assert";
import type { Agent } from "../roster.ts";
import { agentOf } from "./testing/agents.ts";
import { type TakenType, Workers } from "./workers.ts";

const REPORT = { taskType: "report", capabilities: [], preferredAgent: null };

function workersWith(fields: Partial<Agent>, types: TakenType[] | undefined) {
  const agent = agentOf("agent_1", fields);
  const workers = new Workers({ find: () => agent, streamOf: () => types });
  workers.refresh("agent_1");
  return { agent, workers };
}

const STREAM = [{ taskType: "report", mostAtOnce: 0 }];
const cases: [string, Partial<Agent>, TakenType[] | undefined, boolean][] = [
  ["has a stream for it", {}, STREAM, true],
  ["is offline", { isOnline: false }, STREAM, false],
  ["is not registered", { isRegistered: false }, STREAM, false],
  ["is paused", { isPaused: true }, STREAM, false],
  ["takes another type", {}, [{ taskType: "sum", mostAtOnce: 0 }], false],
  ["reads streams, and none is open", {}, undefined, false],
  [
    "says that it takes none",
    { attributes: { task_types: "none" }, connectionType: "websocket" },
    undefined,
    false,
  ],
  ["reads its queue", { connectionType: "websocket" }, undefined, true],
  ["takes nothing at all", { maxConcurrentTasks: 0 }, STREAM, false],
];
for (const [what, fields, types, isFree] of cases) {
  Deno.test(`an agent that ${what} is ${isFree ? "" : "not "}given a task`, () => {
    assert.equal(workersWith(fields, types).workers.hasFree(REPORT), isFree);
  });
}

Deno.test("what an agent has counts while it is away, in all and by type, and not once it is gone", () => {
  const types = [{ taskType: "report", mostAtOnce: 1 }, { taskType: "sum", mostAtOnce: -1 }];
  const { agent, workers } = workersWith({ maxConcurrentTasks: 2 }, types);
  workers.took("agent_1", "report");
  assert.equal(workers.hasFree(REPORT), false);
  assert.equal(workers.hasFree({ ...REPORT, taskType: "sum" }), true);
  agent.isOnline = false;
  workers.refresh("agent_1");
  assert.equal(workers.hasAble(REPORT), false);
  agent.isOnline = true;
  workers.refresh("agent_1");
  assert.equal(workers.hasFree(REPORT), false);
  workers.released("agent_1", "report");
  assert.equal(workers.hasFree(REPORT), true);
  assert.equal([...workers.free][0]?.tasks, 0);
});

Deno.test("of an agent that is gone and has nothing nothing is remembered: it comes back as one that never had a task", () => {
  const { agent, workers } = workersWith({}, STREAM);
  const away = (isAway: boolean) => {
    agent.isOnline = !isAway;
    workers.refresh("agent_1");
  };
  const lastGiven = () => [...workers.free][0]?.lastGiven;
  workers.took("agent_1", "report");
  workers.released("agent_1", "report");
  assert.equal(lastGiven(), 1);
  away(true);
  away(false);
  assert.equal(lastGiven(), 0);
  workers.took("agent_1", "report");
  away(true);
  workers.released("agent_1", "report");
  away(false);
  assert.equal(lastGiven(), 0);
});

Deno.test("those who are free and take the same look for tasks together", () => {
  const agents = new Map(["1", "2", "3"].map((n) => [`agent_${n}`, agentOf(`agent_${n}`)]));
  const types = (agentId: string) => [{ taskType: agentId === "agent_3" ? "sum" : "report", mostAtOnce: 0 }];
  const workers = new Workers({ find: (id) => agents.get(id), streamOf: types });
  for (const id of agents.keys()) workers.refresh(id);
  const seekers = () =>
    [...workers.seekers].map(({ taskTypes, agentIds }) => [[...taskTypes!].join(), [...agentIds].join()]);
  assert.deepEqual(seekers(), [["report", "agent_1,agent_2"], ["sum", "agent_3"]]);
  workers.took("agent_1", "report");
  workers.took("agent_3", "sum");
  assert.deepEqual(seekers(), [["report", "agent_2"]]);
  agents.get("agent_2")!.isOnline = false;
  workers.refresh("agent_2");
  assert.deepEqual(seekers(), []);
  workers.released("agent_1", "report");
  assert.deepEqual(seekers(), [["report", "agent_1"]]);
});
