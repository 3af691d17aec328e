import assert from "node:assert/strict";
import { missingRabbit, virtualHost } from "../../shared/bus/testing/rabbitmq.ts";
import { missingPostgres, openTestDatabase } from "../../shared/store/testing/postgres.ts";
import type { CoordinationOptions } from "./options.ts";
import type { TaskRecord } from "../../shared/model/task.ts";
import type { TaskStore } from "../../shared/store/store.ts";
import { KeptTasks } from "./kept_tasks.ts";
import { taskOf } from "./local_task.ts";
import { newTaskOf } from "./task_assignment.ts";
import { SupervisorCoordinator } from "./supervisor_coordinator.ts";
import { taskRequestOf } from "./task_message.ts";
import { TestWorker } from "./testing/worker.ts";

type Work = (options: CoordinationOptions) => Promise<void>;

async function withFile(work: Work): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await work({ connectionString: `sqlite:${directory}/coordination.db` });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function withServices(work: Work): Promise<void> {
  await using database = await openTestDatabase();
  await work({ connectionString: host!.url(), databaseUrl: database.url() });
}

const missing = await missingRabbit() ?? await missingPostgres();
const host = missing ? undefined : virtualHost("classic");

async function outlive(options: CoordinationOptions): Promise<void> {
  await using ada = await TestWorker.open("ada", options);
  const first = new SupervisorCoordinator("supervisor-001", options);
  const given = await first.assignTask({
    taskType: "t",
    requiredCapabilities: ["python"],
    idempotencyKey: "k",
  });
  const waiting = await first.assignTask({ taskType: "t", requiredCapabilities: ["python"] });
  const request = await ada.next();
  assert.equal(taskRequestOf(request).taskId, given.taskId);
  await first[Symbol.asyncDispose]();

  await using second = new SupervisorCoordinator("supervisor-001", options);
  const results = Promise.all([second.resultOf(given.taskId), second.resultOf(waiting.taskId)]);
  await ada.answer(request, { status: "completed", result: "first" });
  let next = await ada.next();
  // Whether the first had sent its assignment was not known, so it may have come once more.
  if (next.messageId === request.messageId) {
    await ada.queue.markProcessed(next.messageId, "ada");
    next = await ada.next();
  }
  assert.equal(taskRequestOf(next).taskId, waiting.taskId);
  await ada.answer(next, { status: "completed", result: "second" });
  assert.deepEqual((await results).map(({ result }) => result), ["first", "second"]);
  const again = await second.assignTask({
    taskType: "t",
    requiredCapabilities: ["python"],
    idempotencyKey: "k",
  });
  assert.equal(again.taskId, given.taskId);
}

Deno.test("in a file, tasks outlive their supervisor: the next one of its name goes on with them", () =>
  withFile(outlive));

Deno.test({
  name: missing
    ? `on RabbitMQ and PostgreSQL (${missing})`
    : "on RabbitMQ and PostgreSQL, tasks outlive their supervisor, too",
  ignore: missing !== undefined,
  fn: () => withServices(outlive),
});

Deno.test("in a file, what came of a task is known to the next supervisor of that name, and to no other", () =>
  withFile(async (options) => {
    await using ada = await TestWorker.open("ada", options);
    const first = new SupervisorCoordinator("supervisor-001", options);
    const task = await first.assignTask({ taskType: "t", requiredCapabilities: ["python"] });
    await ada.complete("kept");
    await task.result();
    await first[Symbol.asyncDispose]();
    await using second = new SupervisorCoordinator("supervisor-001", options);
    assert.equal((await second.resultOf(task.taskId)).result, "kept");
    await using other = new SupervisorCoordinator("supervisor-002", options);
    assert.equal(await other.getTask(task.taskId), undefined);
    await assert.rejects(other.resultOf(task.taskId), { code: "not_found" });
  }));

Deno.test("what another process of the same supervisor has decided is told here, too", async () => {
  const task = taskOf(newTaskOf({ taskType: "t" }), {
    requestedBy: "boss",
    maxRetries: 3,
    nowMs: Date.now(),
  });
  const theirs: TaskRecord = { ...task, status: "completed", result: "theirs" };
  const store: Partial<TaskStore> = {
    add: () => Promise.resolve([undefined]),
    change: () => Promise.resolve([false]),
    find: () => Promise.resolve([{ task: theirs, version: 7, serverId: null, answerTo: null, position: 1 }]),
  };
  const told: TaskRecord[] = [];
  const principal = { kind: "server" as const, id: "boss", tenantId: "default" };
  const tasks = new KeptTasks(store as TaskStore, principal, (ended) => void told.push(ended));
  await tasks.add(task);
  tasks.put({ ...task, status: "failed" });
  await tasks.write();
  assert.deepEqual([told, tasks.open], [[theirs], []]);
});
