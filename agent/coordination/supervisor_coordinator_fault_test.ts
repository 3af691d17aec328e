/** A supervisor over queues in memory, when things go wrong: refused, silent, failed, late, or told by the wrong agent. */
import assert from "node:assert/strict";
import { taskRequestOf, type TaskResponse } from "./task_message.ts";
import { MOCK, openSupervisor } from "./testing/supervisor.ts";
import { TestWorker } from "./testing/worker.ts";
import { MessagePriority } from "./vocabulary.ts";

Deno.test("a task whose agent falls silent goes to another, and what the first says then does not count", async () => {
  const options = { ...MOCK, silentAfterMs: 1_500 };
  await using supervisor = openSupervisor(options);
  await using ada = await TestWorker.open("ada", options);
  const task = await supervisor.assignTask({ taskType: "work", requiredCapabilities: ["python"] });
  const lost = await ada.next();
  await using bob = await TestWorker.open("bob", options);
  const result = task.result();
  const request = await bob.next();
  assert.ok(taskRequestOf(request).attempt! > 1);
  await bob.answer(request, { status: "completed", result: "in time" });
  const response = await result;
  assert.deepEqual([response.result, response.agentId], ["in time", "bob"]);
  await ada.answer(lost, { status: "completed", result: "late" });
  await supervisor.processIncomingMessages();
  assert.equal((await supervisor.getTask(task.taskId))?.result, "in time");
  const { tasks_reassigned, late_answers } = await supervisor.getCoordinationStats();
  assert.ok(tasks_reassigned > 0 && late_answers > 0);
});

Deno.test("a task whose agent leaves goes to another at once", async () => {
  await using supervisor = openSupervisor();
  await using ada = await TestWorker.open("ada", MOCK);
  const task = await supervisor.assignTask({ taskType: "work", requiredCapabilities: ["python"] });
  await ada.next();
  await using bob = await TestWorker.open("bob", MOCK);
  const result = task.result();
  await ada.registry.unregisterAgent("ada");
  await bob.complete("by bob");
  assert.equal((await result).result, "by bob");
});

Deno.test("an attempt that failed is made again after a pause, until it has failed too often", async () => {
  await using supervisor = openSupervisor();
  await using ada = await TestWorker.open("ada", MOCK);
  const task = await supervisor.assignTask({
    taskType: "flaky",
    requiredCapabilities: ["python"],
    maxRetries: 2,
  });
  const result = task.result();
  for (let attempt = 1; attempt <= 3; attempt++) {
    const request = await ada.next();
    assert.equal(taskRequestOf(request).attempt, attempt);
    await ada.answer(request, { status: "failed", errorMessage: `failure ${attempt}` });
  }
  const response = await result;
  assert.deepEqual([response.status, response.errorMessage], ["failed", "failure 3"]);
});

Deno.test("a failure that would come again is not tried again", async () => {
  await using supervisor = openSupervisor();
  await using ada = await TestWorker.open("ada", MOCK);
  const task = await supervisor.assignTask({ taskType: "wrong", requiredCapabilities: ["python"] });
  const result = task.result();
  await ada.answer(await ada.next(), {
    status: "failed",
    errorMessage: "no such file",
    code: "invalid_message",
  });
  const response = await result;
  assert.deepEqual([response.status, response.attempt, response.code], ["failed", 1, "invalid_message"]);
});

Deno.test("an attempt that takes too long is made again, and its agent asked to leave off", async () => {
  await using supervisor = openSupervisor();
  await using ada = await TestWorker.open("ada", MOCK);
  const task = await supervisor.assignTask({
    taskType: "slow",
    requiredCapabilities: ["python"],
    timeoutMs: 1_500,
  });
  const result = task.result();
  await ada.next();
  const [cancel] = await ada.queue.getMessages("ada", { types: ["COORDINATION"], blockMs: 60_000 });
  assert.deepEqual(cancel?.content, { instruction: "cancel_task", task_id: task.taskId, attempt: 1 });
  const again = await ada.next();
  assert.equal(taskRequestOf(again).attempt, 2);
  await ada.answer(again, { status: "completed" });
  assert.equal((await result).status, "completed");
});

Deno.test("a task that is not completed by its deadline has timed out, also when nobody ever had it", async () => {
  await using supervisor = openSupervisor();
  const deadline = new Date(Date.now() + 1_000);
  const task = await supervisor.assignTask({ taskType: "t", requiredCapabilities: ["python"], deadline });
  const response = await task.result();
  assert.deepEqual([response.status, response.code], ["timed_out", "timeout"]);
});

Deno.test("progress is kept, and one that is none is refused", async () => {
  await using supervisor = openSupervisor();
  await using ada = await TestWorker.open("ada", MOCK);
  const task = await supervisor.assignTask({ taskType: "long", requiredCapabilities: ["python"] });
  const request = await ada.next();
  await ada.answer(request, { status: "in_progress", progress: 0.5, progressNote: "half" });
  await ada.answer(request, { status: "in_progress", progress: 7 });
  await supervisor.processIncomingMessages();
  const now = await supervisor.getTask(task.taskId);
  assert.deepEqual([now?.status, now?.progress, now?.progressNote], ["in_progress", 0.5, "half"]);
  assert.equal((await supervisor.getCoordinationStats()).late_answers, 1);
});

Deno.test("an answer counts once, and only from who has the task", async () => {
  await using supervisor = openSupervisor();
  await using ada = await TestWorker.open("ada", MOCK);
  await using mallory = await TestWorker.open("mallory", MOCK, { capabilities: ["mischief"] });
  const told: TaskResponse[] = [];
  const task = await supervisor.assignTask(
    { taskType: "work", requiredCapabilities: ["python"] },
    (response) => void told.push(response),
  );
  const request = await ada.next();
  await mallory.answer(request, { status: "completed", result: "stolen" });
  await supervisor.processIncomingMessages();
  assert.equal((await supervisor.getTask(task.taskId))?.status, "assigned");
  await ada.answer(request, { status: "completed", result: "mine" });
  await ada.answer(request, { status: "completed", result: "mine" });
  await supervisor.processIncomingMessages();
  assert.deepEqual(told.map(({ result }) => result), ["mine"]);
});

Deno.test("assignTask refuses what cannot be assigned, each with a sentence", async (t) => {
  await using supervisor = openSupervisor();
  const task = { taskType: "t", requiredCapabilities: ["python"] };
  await supervisor.assignTask({ ...task, taskId: "task_parent" });
  await supervisor.assignTask({ ...task, taskId: "task_child", parentTaskId: "task_parent" });
  await supervisor.assignTask({ ...task, taskId: "task_ended" });
  await supervisor.cancelTask("task_ended");
  await supervisor.assignTask({ ...task, idempotencyKey: "key" });
  const cases = {
    "no type": [{ ...task, taskType: "" }, "invalid_message", /task_type/],
    "a deadline that is over": [{ ...task, deadline: new Date(0) }, "invalid_message", /deadline/],
    "a deadline that is no time": [{ ...task, deadline: new Date(NaN) }, "invalid_message", /deadline/],
    "a priority that there is not": [
      { ...task, priority: 9 as MessagePriority },
      "invalid_message",
      /priority/,
    ],
    "parameters that are no object": [
      { ...task, parameters: [1] as unknown as Record<string, unknown> },
      "invalid_message",
      /parameters/,
    ],
    "parameters that are too large": [
      { ...task, parameters: { text: "x".repeat(1_048_576) } },
      "too_large",
      /1 MiB/,
    ],
    "parameters that are no JSON": [{ ...task, parameters: { big: 1n } }, "invalid_message", /JSON/],
    "parameters that are too large in bytes alone": [
      { ...task, parameters: { text: "ä".repeat(600_000) } },
      "too_large",
      /1 MiB/,
    ],
    "a task that is its own parent": [
      { ...task, taskId: "task_own", parentTaskId: "task_own" },
      "invalid_message",
      /its own parent/,
    ],
    "a parent that nobody knows": [
      { ...task, parentTaskId: "task_unknown" },
      "not_found",
      /Ask for it first/,
    ],
    "a parent that has ended": [
      { ...task, parentTaskId: "task_ended" },
      "conflict",
      /'cancelled' already/,
    ],
    "an id that is known": [{ ...task, taskType: "u", taskId: "task_child" }, "conflict", /task_child/],
    "a key with other content": [{ ...task, taskType: "u", idempotencyKey: "key" }, "conflict", /'key'/],
  } as const;
  for (const [what, [assignment, code, message]] of Object.entries(cases)) {
    await t.step(what, () => assert.rejects(supervisor.assignTask(assignment), { code, message }));
  }
});

Deno.test("an agent that tells a progress of 7 is told what is wrong with it, and goes on", async () => {
  await using supervisor = openSupervisor();
  await using ada = await TestWorker.open("ada", MOCK);
  const task = await supervisor.assignTask({ taskType: "t", requiredCapabilities: ["python"] });
  const request = await ada.next();
  await ada.answer(request, { status: "in_progress", progress: 7 });
  await supervisor.processIncomingMessages();
  const [refusal] = await ada.queue.getMessages("ada", { types: ["ERROR"], blockMs: 60_000 });
  assert.deepEqual(refusal?.content, {
    task_id: task.taskId,
    code: "invalid_message",
    error_message: "Field 'progress': allowed is 0 to 1.",
  });
  assert.equal((await supervisor.getTask(task.taskId))?.progress, 0);
});

Deno.test("a result that nobody will hear of rejects when the coordinator is disposed of", async () => {
  const supervisor = openSupervisor();
  const task = await supervisor.assignTask({ taskType: "t", requiredCapabilities: ["python"] });
  const result = task.result();
  const rejected = assert.rejects(result, { code: "cancelled" });
  await supervisor[Symbol.asyncDispose]();
  await rejected;
  await assert.rejects(supervisor.assignTask({ taskType: "t" }), { code: "unavailable" });
});
