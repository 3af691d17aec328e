import assert from "node:assert/strict";
import { Hub } from "../../server/testing/hub.ts";
import { AgentMessage } from "./agent_message.ts";
import { AgentRegistry } from "./agent_registry.ts";
import { MessageQueueManager } from "./message_queue_manager.ts";
import { SupervisorCoordinator } from "./supervisor_coordinator.ts";
import { taskRequestOf } from "./task_message.ts";
import { TestWorker } from "./testing/worker.ts";
import { AgentRole, MessageType } from "./vocabulary.ts";

function optionsFor(hub: Hub) {
  return { server: `127.0.0.1:${hub.server.grpcPort}` };
}

Deno.test("with a server, a registered agent is on the server's roster, and everybody's registry shows it", async () => {
  await using hub = await Hub.open();
  await using registry = new AgentRegistry(optionsFor(hub));
  await registry.registerAgent({
    agentId: "ada",
    agentRole: AgentRole.WORKER,
    capabilities: ["python"],
    maxConcurrentTasks: 2,
  });
  const ada = await registry.findBestAgent(["python"]);
  assert.deepEqual([ada?.agentId, ada?.agentRole, ada?.maxConcurrentTasks, ada?.isOnline], [
    "ada",
    "worker",
    2,
    true,
  ]);
  assert.equal((await registry.getRegistryStats()).total_agents, 1);
  await registry.unregisterAgent("ada");
  assert.equal((await registry.findAvailableAgents(["python"])).length, 0);
});

Deno.test("with a server, cleanupStaleAgents forgets those that were registered here, and no others", async () => {
  await using hub = await Hub.open();
  await using _other = await hub.agent({ agent_id: "agent_other", capabilities: ["python"] });
  await using registry = new AgentRegistry(optionsFor(hub));
  await registry.registerAgent({ agentId: "ada", agentRole: AgentRole.WORKER, capabilities: ["python"] });
  // Who is connected is heard of all the time; so everybody is meant who is not heard of in a minute from now.
  assert.deepEqual(await registry.cleanupStaleAgents({ olderThanMs: -60_000 }), ["ada"]);
  assert.equal((await registry.findBestAgent(["python"]))?.agentId, "agent_other");
});

Deno.test("with a server, messages go through the hub, and come again until they are processed", async () => {
  await using hub = await Hub.open();
  await using ada = await TestWorker.open("ada", optionsFor(hub));
  const bob = new MessageQueueManager(optionsFor(hub));
  const message = new AgentMessage({
    fromAgent: "ada",
    toAgent: "bob",
    messageType: MessageType.COORDINATION,
    content: { text: "hello" },
  });
  await bob.getMessages("bob");
  await ada.queue.sendMessage(message);
  const [got] = await bob.getMessages("bob", { blockMs: 60_000 });
  assert.deepEqual([got?.messageId, got?.fromAgent, got?.content], [message.messageId, "ada", {
    text: "hello",
  }]);
  await bob.returnMessage(message.messageId, "bob");
  const [again] = await bob.getMessages("bob", { blockMs: 60_000 });
  assert.equal(again?.messageId, message.messageId);
  assert.equal(await bob.markProcessed(message.messageId, "bob"), true);
  await bob[Symbol.asyncDispose]();
});

Deno.test("with a server, a message that nobody has asked for has had no attempt, however often it was given back", async () => {
  await using hub = await Hub.open();
  await using ada = await TestWorker.open("ada", optionsFor(hub));
  const send = async (messageType: MessageType) => {
    const message = new AgentMessage({ fromAgent: "ada", toAgent: "bob", messageType, content: {} });
    await ada.queue.sendMessage(message);
    return message.messageId;
  };
  const take = async (types?: MessageType[]) => {
    await using bob = new MessageQueueManager(optionsFor(hub));
    const [got] = await bob.getMessages("bob", { blockMs: 60_000, ...(types ? { types } : {}) });
    assert.ok(got);
    assert.equal(await bob.markProcessed(got.messageId, "bob"), true);
    return got.messageId;
  };
  await using _registered = await TestWorker.open("bob", optionsFor(hub));
  const later = await send(MessageType.COORDINATION);
  for (let time = 0; time < 5; time++) {
    const wanted = await send(MessageType.STATUS_UPDATE);
    assert.equal(await take([MessageType.STATUS_UPDATE]), wanted);
  }
  assert.equal(await take(), later);
});

Deno.test("with a server, the server assigns the tasks, and the coordinator hears of their end", async () => {
  await using hub = await Hub.open();
  await using supervisor = new SupervisorCoordinator("supervisor-001", optionsFor(hub));
  const task = await supervisor.assignTask({ taskType: "report", requiredCapabilities: ["python"] });
  const result = task.result();
  await using ada = await TestWorker.open("ada", optionsFor(hub));
  const asked = taskRequestOf(await ada.next());
  assert.deepEqual([asked.taskId, asked.taskType, asked.attempt], [task.taskId, "report", 1]);
  await supervisor.cancelTask(task.taskId);
  assert.equal((await result).status, "cancelled");
  const [stop] = await ada.queue.getMessages("ada", { types: ["COORDINATION"], blockMs: 60_000 });
  assert.deepEqual(stop?.content, { instruction: "cancel_task", task_id: task.taskId, attempt: 1 });
  assert.equal((await supervisor.getCoordinationStats()).tasks_cancelled, 1);
});

Deno.test("with a server, an agent's answer ends its task, and a late one changes nothing", async () => {
  await using hub = await Hub.open();
  await using supervisor = new SupervisorCoordinator("supervisor-001", optionsFor(hub));
  const task = await supervisor.assignTask({ taskType: "report", requiredCapabilities: ["python"] });
  const result = task.result();
  await using ada = await TestWorker.open("ada", optionsFor(hub));
  const request = await ada.next();
  assert.equal(taskRequestOf(request).taskId, task.taskId);
  await ada.answer(request, { status: "completed", result: { pages: 3 } });
  const response = await result;
  assert.deepEqual([response.status, response.result, response.agentId], ["completed", { pages: 3 }, "ada"]);
  assert.equal((await supervisor.getCoordinationStats()).completion_rate, 1);
  await ada.answer(request, { status: "completed", result: "another" });
  assert.deepEqual((await supervisor.getTask(task.taskId))?.result, { pages: 3 });
});

Deno.test("with a server, a task that cannot be is refused, and one that is unknown is not found", async () => {
  await using hub = await Hub.open();
  await using supervisor = new SupervisorCoordinator("supervisor-001", optionsFor(hub));
  const late = { taskType: "t", deadline: new Date(0) };
  await assert.rejects(supervisor.assignTask(late), { code: "invalid_message" });
  await assert.rejects(supervisor.resultOf("task_unknown"), { code: "not_found" });
  const assignment = { taskType: "t", idempotencyKey: "monday" };
  const [first, second] = [await supervisor.assignTask(assignment), await supervisor.assignTask(assignment)];
  assert.equal(first.taskId, second.taskId);
  await assert.rejects(supervisor.assignTask({ ...assignment, taskType: "u" }), { code: "conflict" });
});

Deno.test({
  name: "with a server that has gone, isConnected says so",
  // A client of gRPC that is closed while it waits to dial again leaves that timer behind for some milliseconds.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const hub = await Hub.open();
    await using queue = new MessageQueueManager(optionsFor(hub));
    assert.equal(await queue.isConnected(), true);
    await hub[Symbol.asyncDispose]();
    assert.equal(await queue.isConnected(), false);
    await assert.rejects(queue.getMessages("ada", { signal: AbortSignal.timeout(60_000) }), {
      code: "unavailable",
    });
  },
});
