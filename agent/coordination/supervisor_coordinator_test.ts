/** A supervisor over queues in memory, while all goes well: what it assigns, is told, and tells. */
import assert from "node:assert/strict";
import { AgentMessage } from "./agent_message.ts";
import { MessageQueueManager } from "./message_queue_manager.ts";
import { taskRequestOf, type TaskResponse } from "./task_message.ts";
import { MOCK, openSupervisor } from "./testing/supervisor.ts";
import { TestWorker } from "./testing/worker.ts";
import { AgentRole, MessagePriority, MessageType } from "./vocabulary.ts";

Deno.test("assignTask gives the task to the agent that can do it, and tells its result", async () => {
  await using supervisor = openSupervisor();
  await using ada = await TestWorker.open("ada", MOCK, { capabilities: ["python", "api_development"] });
  await using _bob = await TestWorker.open("bob", MOCK, { capabilities: ["javascript"] });
  const told: TaskResponse[] = [];
  const task = await supervisor.assignTask({
    taskType: "api_development",
    description: "Create user authentication API",
    parameters: { framework: "fastapi", auth: "jwt" },
    requiredCapabilities: ["python", "api_development"],
    priority: MessagePriority.HIGH,
  }, (response) => void told.push(response));
  const request = await ada.next();
  assert.equal(request.fromAgent, "supervisor-001");
  const asked = taskRequestOf(request);
  assert.deepEqual(
    [asked.taskId, asked.taskType, asked.parameters, asked.priority, asked.attempt],
    [task.taskId, "api_development", { framework: "fastapi", auth: "jwt" }, 2, 1],
  );
  await ada.answer(request, { status: "completed", result: { endpoints: 3 } });
  const response = await task.result();
  assert.deepEqual([response.status, response.result, response.agentId], [
    "completed",
    { endpoints: 3 },
    "ada",
  ]);
  assert.deepEqual(told, [response]);
});

Deno.test("processIncomingMessages gives how many it processed, and understands the documents' answers", async () => {
  await using supervisor = openSupervisor();
  await using ada = await TestWorker.open("ada", MOCK, { maxConcurrentTasks: 2 });
  const good = await supervisor.assignTask({ taskType: "a", requiredCapabilities: ["python"] });
  const bad = await supervisor.assignTask({ taskType: "b", requiredCapabilities: ["python"], maxRetries: 0 });
  const send = (messageType: string, content: Record<string, unknown>) =>
    ada.queue.sendMessage(
      new AgentMessage({ fromAgent: "ada", toAgent: "supervisor-001", messageType, content }),
    );
  await send("task_response", {
    task_id: good.taskId,
    status: "completed",
    result: 1,
    completion_percentage: 100,
  });
  await send("error_report", {
    task_id: bad.taskId,
    error_type: "task_execution_failure",
    error_message: "no disk",
  });
  assert.equal(await supervisor.processIncomingMessages(), 2);
  assert.equal(await supervisor.processIncomingMessages(), 0);
  assert.equal((await supervisor.getTask(good.taskId))?.status, "completed");
  const failed = await supervisor.getTask(bad.taskId);
  assert.deepEqual([failed?.status, failed?.errorMessage], ["failed", "no disk"]);
  const stats = await supervisor.getCoordinationStats();
  assert.equal(stats.completion_rate, 0.5);
  assert.deepEqual([stats.tasks_completed, stats.tasks_failed, stats.active_tasks], [1, 1, 0]);
});

Deno.test("a task that nobody can take waits, and is assigned when somebody comes", async () => {
  await using supervisor = openSupervisor();
  const task = await supervisor.assignTask({ taskType: "ui", requiredCapabilities: ["react"] });
  assert.equal((await supervisor.getTask(task.taskId))?.status, "pending");
  const result = task.result();
  await using grace = await TestWorker.open("grace", MOCK, { capabilities: ["react"] });
  assert.equal(await grace.complete(), task.taskId);
  assert.equal((await result).agentId, "grace");
});

Deno.test("no agent gets more than it takes at once; what is more urgent comes first", async () => {
  await using supervisor = openSupervisor();
  const low = { requiredCapabilities: ["python"], priority: MessagePriority.LOW };
  const tasks = [
    await supervisor.assignTask({ ...low, taskType: "low" }),
    await supervisor.assignTask({ ...low, taskType: "critical", priority: MessagePriority.CRITICAL }),
    await supervisor.assignTask({ ...low, taskType: "soon", deadline: new Date(Date.now() + 60_000) }),
  ];
  const ended = Promise.all(tasks.map((task) => task.result()));
  await using ada = await TestWorker.open("ada", MOCK);
  const order: string[] = [];
  for (let count = 0; count < 3; count++) {
    const request = await ada.next();
    assert.equal((await supervisor.getCoordinationStats()).active_tasks, 1);
    order.push(taskRequestOf(request).taskType);
    await ada.answer(request, { status: "completed" });
  }
  await ended;
  assert.deepEqual(order, ["critical", "soon", "low"]);
});

Deno.test("cancelTask ends a task, asks its agent to leave off, and its result does not count any more", async () => {
  await using supervisor = openSupervisor();
  await using ada = await TestWorker.open("ada", MOCK);
  const task = await supervisor.assignTask({ taskType: "work", requiredCapabilities: ["python"] });
  const request = await ada.next();
  await supervisor.cancelTask(task.taskId);
  assert.equal((await task.result()).status, "cancelled");
  const [cancel] = await ada.queue.getMessages("ada", { types: ["COORDINATION"], blockMs: 60_000 });
  assert.equal(cancel?.content.instruction, "cancel_task");
  await ada.answer(request, { status: "completed" });
  await supervisor.processIncomingMessages();
  assert.equal((await supervisor.getTask(task.taskId))?.status, "cancelled");
  await assert.rejects(supervisor.cancelTask("task_unknown"), { code: "not_found" });
});

Deno.test("assignTask gives the task that there is when it is asked again with the same key", async () => {
  await using supervisor = openSupervisor();
  await using ada = await TestWorker.open("ada", MOCK, { maxConcurrentTasks: 5 });
  const assignment = { taskType: "t", requiredCapabilities: ["python"], idempotencyKey: "monday" };
  const first = await supervisor.assignTask(assignment);
  const told: TaskResponse[] = [];
  await ada.complete();
  await first.result();
  const second = await supervisor.assignTask(assignment, (response) => void told.push(response));
  assert.equal(second.taskId, first.taskId);
  assert.equal(told[0]?.status, "completed");
  assert.equal((await supervisor.getCoordinationStats()).tasks_assigned, 1);
});

Deno.test("assignTask called several times at once with one key or one id gives one task", async () => {
  await using supervisor = openSupervisor();
  const assignment = { taskType: "t", requiredCapabilities: ["python"] };
  for (const name of [{ idempotencyKey: "monday" }, { taskId: "task_monday" }]) {
    const asked = Array.from({ length: 5 }, () => supervisor.assignTask({ ...assignment, ...name }));
    const other = supervisor.assignTask({ ...assignment, ...name, taskType: "u" });
    await assert.rejects(other, { code: "conflict" });
    const ids = (await Promise.all(asked)).map(({ taskId }) => taskId);
    assert.equal(new Set(ids).size, 1);
  }
  assert.equal((await supervisor.getCoordinationStats()).waiting_tasks, 2);
});

Deno.test("a supervisor gives nothing to itself", async () => {
  await using supervisor = openSupervisor();
  await supervisor.agentRegistry.registerAgent({
    agentId: "supervisor-001",
    agentRole: AgentRole.SUPERVISOR,
    capabilities: ["coordination"],
  });
  const task = await supervisor.assignTask({ taskType: "t", requiredCapabilities: ["coordination"] });
  assert.equal((await supervisor.getTask(task.taskId))?.status, "pending");
});

Deno.test("broadcastMessage reaches every agent but its sender, and says when nobody is there", async () => {
  await using supervisor = openSupervisor();
  assert.equal(await supervisor.broadcastMessage(MessageType.BROADCAST, { text: "anybody?" }), false);
  await using ada = await TestWorker.open("ada", MOCK);
  await using bob = await TestWorker.open("bob", MOCK);
  assert.equal(await supervisor.broadcastMessage(MessageType.BROADCAST, { text: "hello" }), true);
  for (const worker of [ada, bob]) {
    const [message] = await worker.queue.getMessages(worker.agentId);
    assert.deepEqual([message?.messageType, message?.content], ["BROADCAST", { text: "hello" }]);
  }
});

Deno.test("onMessage gets what is about nothing else, and what it throws comes again", async () => {
  const seen: string[] = [];
  await using supervisor = openSupervisor({
    onMessage: ({ content }) => {
      seen.push(String(content.text));
      if (seen.length === 1) throw new Error("not now");
    },
  });
  await using queue = new MessageQueueManager(MOCK);
  await queue.sendMessage(
    new AgentMessage({
      fromAgent: "ada",
      toAgent: "supervisor-001",
      messageType: "COORDINATION",
      content: { text: "who tests?" },
    }),
  );
  while (seen.length < 2) await supervisor.processIncomingMessages();
  assert.deepEqual(seen, ["who tests?", "who tests?"]);
  assert.equal(await supervisor.processIncomingMessages(), 0);
});

Deno.test("without onMessage other messages stay for who asks for them", async () => {
  await using supervisor = openSupervisor();
  const message = new AgentMessage({
    fromAgent: "ada",
    toAgent: "supervisor-001",
    messageType: "COORDINATION",
    content: { text: "who tests?" },
  });
  await supervisor.queueManager.sendMessage(message);
  assert.equal(await supervisor.processIncomingMessages(), 0);
  const [kept] = await supervisor.queueManager.getMessages("supervisor-001");
  assert.equal(kept?.messageId, message.messageId);
});

Deno.test("a STATUS_UPDATE is noted in the roster", async () => {
  await using supervisor = openSupervisor();
  await using ada = await TestWorker.open("ada", MOCK, { maxConcurrentTasks: 4 });
  await ada.queue.sendMessage(
    new AgentMessage({
      fromAgent: "ada",
      toAgent: "supervisor-001",
      messageType: MessageType.STATUS_UPDATE,
      content: { status: "busy", current_tasks: 3 },
    }),
  );
  assert.equal(await supervisor.processIncomingMessages(), 1);
  const agent = await supervisor.agentRegistry.getAgent("ada");
  assert.deepEqual([agent?.status, agent?.currentTasks, agent?.load], ["busy", 3, 0.75]);
});

Deno.test("run processes messages until its signal aborts", async () => {
  await using supervisor = openSupervisor();
  await using ada = await TestWorker.open("ada", MOCK);
  const ended = Promise.withResolvers<TaskResponse>();
  const stop = new AbortController();
  const running = supervisor.run(stop.signal);
  await supervisor.assignTask({ taskType: "t", requiredCapabilities: ["python"] }, ended.resolve);
  await ada.complete();
  assert.equal((await ended.promise).status, "completed");
  stop.abort();
  await running;
});

Deno.test("a thousand tasks over four agents each end once", async () => {
  await using supervisor = openSupervisor();
  const told = new Map<string, number>();
  const count = 1_000;
  const workers = await Promise.all(
    ["w1", "w2", "w3", "w4"].map((id) => TestWorker.open(id, MOCK, { maxConcurrentTasks: 10 })),
  );
  const tasks = [];
  for (let number = 0; number < count; number++) {
    tasks.push(
      await supervisor.assignTask(
        { taskType: "t", requiredCapabilities: ["python"] },
        ({ taskId }) => void told.set(taskId, (told.get(taskId) ?? 0) + 1),
      ),
    );
  }
  const done = new AbortController();
  const working = workers.map(async (worker) => {
    for await (const message of worker.queue.messages(worker.agentId, { signal: done.signal })) {
      await worker.queue.sendMessage(taskResponse(message, worker.agentId));
    }
  });
  await Promise.all(tasks.map((task) => task.result()));
  done.abort();
  await Promise.all(working);
  for (const worker of workers) await worker[Symbol.asyncDispose]();
  assert.equal(told.size, count);
  assert.deepEqual(new Set(told.values()), new Set([1]));
});

function taskResponse(message: AgentMessage, agentId: string): AgentMessage {
  return message.createResponse({ task_id: message.content.task_id, status: "completed" }, { from: agentId });
}
