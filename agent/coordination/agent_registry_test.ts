import assert from "node:assert/strict";
import { AgentRegistry } from "./agent_registry.ts";
import type { Registration } from "./backend.ts";
import { MessageQueueManager } from "./message_queue_manager.ts";
import { AgentRole } from "./vocabulary.ts";

const MOCK = { useMock: true };

function worker(agentId: string, capabilities: string[], maxConcurrentTasks = 1): Registration {
  return { agentId, agentRole: AgentRole.WORKER, capabilities, maxConcurrentTasks };
}

Deno.test("a registered agent is found by what it can do, in every registry of the process", async () => {
  await using registry = new AgentRegistry(MOCK);
  await using other = new AgentRegistry(MOCK);
  assert.equal(await registry.registerAgent(worker("ada", ["python", "fastapi"])), true);
  await registry.registerAgent(worker("rui", ["react"]));
  assert.equal((await other.findBestAgent(["fastapi", "python"]))?.agentId, "ada");
  assert.equal(await other.findBestAgent(["python", "react"]), undefined);
  assert.deepEqual((await other.findAvailableAgents()).map(({ agentId }) => agentId).sort(), ["ada", "rui"]);
});

Deno.test("findAvailableAgents puts the freest first, leaves out who is full, and gives no more than asked for", async () => {
  await using registry = new AgentRegistry(MOCK);
  await registry.registerAgent(worker("one", ["x"], 1));
  await registry.registerAgent(worker("four", ["x"], 4));
  await registry.registerAgent(worker("three", ["x"], 3));
  await registry.registerAgent(worker("full", ["x"], 2));
  await registry.updateHeartbeat("full", { status: "busy", currentTasks: 2 });
  await registry.updateHeartbeat("four", { currentTasks: 2 });
  const ids = async (maxResults?: number) =>
    (await registry.findAvailableAgents(["x"], { maxResults })).map(({ agentId }) => agentId);
  assert.deepEqual(await ids(), ["three", "four", "one"]);
  assert.deepEqual(await ids(1), ["three"]);
});

Deno.test("updateHeartbeat notes how an agent is, and says when it is not known", async () => {
  await using registry = new AgentRegistry(MOCK);
  await registry.registerAgent(worker("ada", ["x"], 4));
  assert.equal(await registry.updateHeartbeat("ada", { status: "busy", currentTasks: 1 }), true);
  const ada = await registry.getAgent("ada");
  assert.deepEqual([ada?.status, ada?.currentTasks, ada?.load], ["busy", 1, 0.25]);
  assert.equal(await registry.updateHeartbeat("nobody"), false);
});

Deno.test("getRegistryStats gives the documents' figures", async () => {
  await using registry = new AgentRegistry(MOCK);
  assert.equal((await registry.getRegistryStats()).average_load, 0);
  await registry.registerAgent(worker("ada", ["x"], 2));
  await registry.registerAgent({ ...worker("tess", ["y"], 2), agentRole: AgentRole.TESTER });
  await registry.updateHeartbeat("ada", { currentTasks: 2 });
  assert.deepEqual(await registry.getRegistryStats(), {
    total_agents: 2,
    online_agents: 2,
    available_agents: 1,
    agents_by_role: { worker: 1, tester: 1 },
    agents_by_status: { idle: 2 },
    current_tasks: 2,
    total_capacity: 4,
    average_load: 0.5,
  });
});

Deno.test("an agent that is not heard of is offline, and back with its next sign of life", async () => {
  const options = { ...MOCK, heartbeatIntervalMs: 20 };
  await using registry = new AgentRegistry(options);
  await using queue = new MessageQueueManager(options);
  await registry.registerAgent(worker("ada", ["x"]));
  while ((await registry.getAgent("ada"))?.isOnline) await queue.getQueueStats();
  assert.equal((await registry.getAgent("ada"))?.status, "offline");
  assert.equal(await registry.findBestAgent(["x"]), undefined);
  const asking = new AbortController();
  const asked = queue.getMessages("ada", { blockMs: 60_000, signal: asking.signal });
  while (!(await registry.getAgent("ada"))?.isOnline) await registry.listAgents();
  asking.abort();
  await asked;
});

Deno.test("cleanupStaleAgents forgets who was silent for too long, and tells who that was", async () => {
  await using registry = new AgentRegistry(MOCK);
  await registry.registerAgent(worker("ada", ["x"]));
  assert.deepEqual(await registry.cleanupStaleAgents(), []);
  assert.deepEqual(await registry.cleanupStaleAgents({ olderThanMs: 0 }), ["ada"]);
  assert.equal((await registry.getRegistryStats()).total_agents, 0);
  assert.equal(await registry.updateHeartbeat("ada"), false);
});

const BAD: [string, Registration, RegExp][] = [
  ["an id that is none", worker("no id", ["x"]), /agentId/],
  ["an id of another kind", worker("web_1", ["x"]), /agentId/],
  ["a capability that is empty", worker("ada", [" "]), /capabilities/],
  ["no capacity", worker("ada", ["x"], 0), /maxConcurrentTasks/],
];
for (const [what, agent, sentence] of BAD) {
  Deno.test(`registerAgent refuses ${what}`, async () => {
    await using registry = new AgentRegistry(MOCK);
    await assert.rejects(registry.registerAgent(agent), { code: "invalid_message", message: sentence });
  });
}
