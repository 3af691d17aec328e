/** Tasks on the wire of gRPC: agents on their streams, those who ask and watch, and what nobody may do. */
import { strict as assert } from "node:assert";
import { status } from "@grpc/grpc-js";
import type { Report, Submitted, Task } from "../../shared/grpc/gen/task.ts";
import { fails } from "../testing/fails.ts";
import { startEdge } from "./testing/edge.ts";
import { TestPeer } from "./testing/peer.ts";
import { TaskPeer } from "./testing/task_peer.ts";

const HELLO = { types: [{ taskType: "report", maxConcurrent: 0 }], held: [] };
const TASK = { taskType: "report", parametersJson: '{"of":"may"}' };
const STARTED = { $case: "started", value: {} } as const;
const completed = (resultJson: string): Report["what"] => ({ $case: "completed", value: { resultJson } });
const progress = (value: { progress?: number; note?: string; partialJson?: string }): Report["what"] => ({
  $case: "progress",
  value,
});

/** An edge with an agent that takes tasks, and somebody who asks. */
async function scene() {
  await using resources = new AsyncDisposableStack();
  const edge = resources.use(await startEdge());
  const peer = resources.use(new TestPeer(edge.address));
  const asker = resources.use(new TaskPeer(edge.address));
  let owner: AsyncDisposableStack = resources;
  const agent = async (agentId: string) => {
    const identity = await peer.register({ agentId });
    const commands = owner.use(peer.commands(identity.id, identity.sessionKey));
    await commands.opened;
    return owner.use(new TaskPeer(edge.address, identity));
  };
  const worker = await agent("agent_worker");
  owner = resources.move();
  const owned = owner;
  return { edge, peer, asker, agent, worker, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

Deno.test("a task goes from who asks to an agent and back, and every step is told in order", async () => {
  await using parts = await scene();
  const { asker, worker } = parts;
  await using working = worker.work(HELLO);
  await using watching = asker.watch();
  await watching.opened;
  const [submitted] = await asker.submit({ ...TASK, description: "of May" });
  const taskId = submitted!.taskId;
  const given = await working.assignment();
  assert.partialDeepStrictEqual(given, {
    taskId,
    attempt: 1,
    parametersJson: '{"of":"may"}',
    maxAttempts: 4,
  });
  assert.equal(await working.report(taskId, 1, STARTED), "");
  assert.equal(
    await working.report(taskId, 1, progress({ progress: 0.5, note: "half", partialJson: "[1]" })),
    "",
  );
  assert.partialDeepStrictEqual((await asker.get(taskId)).task, { resultJson: "[1]", progressNote: "half" });
  assert.equal(await working.report(taskId, 1, completed('{"pages":3}')), "");
  await watching.next(({ tasks }) => tasks.some((task) => task.status === "completed"));
  assert.partialDeepStrictEqual((await asker.get(taskId)).task, {
    status: "completed",
    resultJson: '{"pages":3}',
    agentId: "agent_worker",
    progress: 1,
  });
});

Deno.test("a watcher hears of a task in order, first how it stands, and of its end alone, without parameters, where it asks for that", async () => {
  await using parts = await scene();
  const { asker, worker } = parts;
  const taskId = (await asker.submit(TASK))[0]!.taskId;
  await using watching = asker.watch(taskId);
  await using ends = asker.watch("", true, true);
  await ends.opened;
  const statuses: string[] = [];
  const first = await watching.next();
  statuses.push(...first.tasks.map((task) => task.status));
  await using working = worker.work(HELLO);
  await working.assignment();
  await working.report(taskId, 1, STARTED);
  await working.report(taskId, 1, completed(""));
  while (statuses.at(-1) !== "completed") {
    statuses.push(...(await watching.next()).tasks.map((task) => task.status));
  }
  assert.deepEqual(statuses, ["pending", "assigned", "in_progress", "completed"]);
  assert.equal(first.tasks[0]?.parametersJson, TASK.parametersJson);
  const { tasks } = await ends.next();
  assert.deepEqual(tasks.map(({ status, parametersJson, leftOut }) => [status, parametersJson, leftOut]), [
    ["completed", "{}", ["parameters", "description"]],
  ]);
  assert.equal((await asker.watch("task_unknown").ended).code, status.NOT_FOUND);
});

Deno.test("nobody reports on the task of another, and old attempts do not count", async () => {
  await using parts = await scene();
  const { asker, worker, agent } = parts;
  await using working = worker.work(HELLO);
  const taskId = (await asker.submit(TASK))[0]!.taskId;
  await working.assignment();
  const eve = await agent("agent_eve");
  await using evil = eve.work({ types: [], held: [{ taskId, attempt: 1 }] });
  const stopped = await evil.next(({ stopped }) => stopped.length > 0);
  assert.deepEqual(stopped.stopped, [{ taskId, attempt: 1 }]);
  assert.equal(await evil.report(taskId, 1, completed('"stolen"')), "forbidden");
  assert.equal(await evil.report(taskId, 2, completed('"stolen"')), "forbidden");
  assert.equal(await evil.report("task_unknown", 1, STARTED), "not_found");
  assert.equal(await evil.report(taskId, 1, undefined), "invalid_message");
  assert.equal((await asker.get(taskId)).task?.status, "assigned");
  await assert.rejects(eve.get(taskId), fails("not_found"));
  await assert.rejects(eve.cancel(taskId), fails("not_found"));
  assert.deepEqual((await eve.list()).tasks, []);
  assert.equal((await eve.watch(taskId).ended).code, status.NOT_FOUND);
  assert.equal((await worker.get(taskId)).task?.taskId, taskId);
});

Deno.test("what is no progress, no JSON or too long is refused, and the task goes on", async () => {
  await using parts = await scene();
  const { asker, worker } = parts;
  await using working = worker.work(HELLO);
  const taskId = (await asker.submit(TASK))[0]!.taskId;
  await working.assignment();
  for (const value of [7, -0.1, NaN, Infinity]) {
    assert.equal(await working.report(taskId, 1, progress({ progress: value })), "invalid_message");
  }
  assert.equal(await working.report(taskId, 1, progress({ partialJson: "{" })), "invalid_json");
  assert.equal(await working.report(taskId, 1, completed("null")), "");
  const fault = { $case: "failed", value: { error: "no", code: "", isFinal: true } } as const;
  assert.equal(await working.report(taskId, 1, fault), "conflict");
});

Deno.test("a result that is no JSON fails the task at once, and says so to whoever asked", async () => {
  await using parts = await scene();
  const { asker, worker } = parts;
  await using working = worker.work(HELLO);
  const taskId = (await asker.submit(TASK))[0]!.taskId;
  await working.assignment();
  assert.equal(await working.report(taskId, 1, completed("{")), "invalid_json");
  assert.partialDeepStrictEqual((await asker.get(taskId)).task, {
    status: "failed",
    code: "invalid_json",
    error: "Field 'result_json': it is not valid JSON.",
  });
  assert.equal(await working.report(taskId, 1, completed("null")), "conflict");
});

Deno.test("the errors of many attempts are left out of lists and updates, which stay small enough to be read", async () => {
  await using parts = await scene();
  const { asker, worker } = parts;
  await using working = worker.work(HELLO);
  const error = "€".repeat(10_000);
  const fault = { $case: "failed", value: { error, code: "invalid_message", isFinal: true } } as const;
  const [{ taskId } = { taskId: "" }] = await asker.submit(TASK);
  await using watching = asker.watch(taskId);
  await watching.opened;
  for (let attempt = 1; attempt <= 2; attempt++) {
    await working.assignment();
    assert.equal(await working.report(taskId, attempt, fault), "");
    if (attempt === 1) await parts.edge.tasks.retry(taskId);
  }
  const isLast = (task: Task) => task.status === "failed" && task.attempt === 2;
  const told = (await watching.next(({ tasks }) => tasks.some(isLast))).tasks.find(isLast);
  const shown = (await asker.list()).tasks.find(isLast);
  for (const each of [told, shown]) assert.deepEqual([each?.attempts, each?.leftOut], [[], ["attempts"]]);
  const whole = (await asker.get(taskId)).task;
  assert.deepEqual(whole?.attempts.map((each) => each.error), [error, error]);
});

Deno.test("a stream without a hello, with two, or with too much in it is ended; tasks wait for another", async () => {
  await using parts = await scene();
  const { asker, worker } = parts;
  await using silent = worker.work();
  silent.write({ reports: [{ reportId: 1n, taskId: "task_1", attempt: 1, what: STARTED }] });
  assert.equal((await silent.ended).code, status.INVALID_ARGUMENT);
  await using twice = worker.work(HELLO);
  twice.write({ hello: HELLO });
  assert.equal((await twice.ended).code, status.ALREADY_EXISTS);
  const many = Array.from({ length: 1_001 }, (_, at) => ({ taskType: `t${at}`, maxConcurrent: 0 }));
  await using wide = worker.work({ types: many, held: [] });
  assert.equal((await wide.ended).code, status.INVALID_ARGUMENT);
  const held = Array.from({ length: 100_001 }, () => ({ taskId: "t", attempt: 1 }));
  await using full = worker.work({ types: [], held });
  assert.equal((await full.ended).code, status.INVALID_ARGUMENT);
  const taskId = (await asker.submit(TASK))[0]!.taskId;
  await using working = worker.work(HELLO);
  assert.equal((await working.assignment()).taskId, taskId);
});

Deno.test("an agent that takes no more gets no more, and what it gives back another gets", async () => {
  await using parts = await scene();
  const { asker, worker, agent } = parts;
  await using working = worker.work(HELLO);
  const taskId = (await asker.submit(TASK))[0]!.taskId;
  await working.assignment();
  working.write({ takesNoMore: true });
  assert.equal(
    await working.report(taskId, 1, { $case: "returned", value: { reason: "The agent ended." } }),
    "",
  );
  assert.match((await asker.get(taskId)).task?.waitingReason ?? "", /No agent that takes 'report' is online/);
  await using other = (await agent("agent_other")).work(HELLO);
  assert.partialDeepStrictEqual(await other.assignment(), { taskId, attempt: 2 });
});

Deno.test("a stream that its agent ends with a word still under way leaves the word kept and the server well", async () => {
  await using parts = await scene();
  const { edge, asker, worker } = parts;
  await using working = worker.work(HELLO);
  const taskId = (await asker.submit(TASK))[0]!.taskId;
  await working.assignment();
  await using watching = asker.watch(taskId, true);
  await watching.opened;
  working.write({ reports: [{ reportId: 9n, taskId, attempt: 1, what: completed("1") }] });
  assert.equal((await working.end()).code, status.OK);
  if ((await asker.get(taskId)).task?.status !== "completed") await watching.next();
  assert.equal((await asker.get(taskId)).task?.status, "completed");
  assert.equal(edge.server.figures.openStreams.work, 0);
});

Deno.test("many large tasks that end at once reach a watcher in pieces that it can read", async () => {
  await using parts = await scene();
  const { asker } = parts;
  await using watching = asker.watch("", true);
  await watching.opened;
  const long = "x".repeat(16_000);
  const ids: string[] = [];
  for (let batch = 0; batch < 4; batch++) {
    const tasks = Array.from({ length: 70 }, () => ({
      ...TASK,
      description: "é".repeat(16_000),
      parametersJson: JSON.stringify({ long }),
    }));
    ids.push(...(await asker.submit(...tasks)).map(({ taskId }) => taskId));
  }
  const cancelled = Promise.all(ids.map((taskId) => parts.edge.tasks.cancel(taskId, "web_ada")));
  const told = new Set<string>();
  const over = watching.ended.then(({ details }) => Promise.reject(new Error(details)));
  over.catch(() => {});
  while (told.size < ids.length) {
    const { tasks } = await Promise.race([watching.next(), over]);
    const bytes = tasks.reduce(
      (sum, task) => sum + task.description.length * 2 + task.parametersJson.length,
      0,
    );
    assert.ok(bytes < 1_000_000, `${bytes} bytes`);
    for (const { taskId } of tasks) told.add(taskId);
  }
  await cancelled;
});

Deno.test("who is shown a task may name it as a parent: an agent its own alone, and nobody in particular each", async () => {
  await using parts = await scene();
  const { asker, worker, agent } = parts;
  const [{ taskId: parentTaskId }] = await worker.submit(TASK) as [Submitted];
  const other = await agent("agent_other");
  const codeFor = async (peer: TaskPeer) => (await peer.submit({ ...TASK, parentTaskId }))[0]?.code;
  assert.deepEqual([await codeFor(asker), await codeFor(worker), await codeFor(other)], [
    "",
    "",
    "not_found",
  ]);
});

Deno.test("every field that is asked for is kept and shown", async () => {
  await using parts = await scene();
  const { asker } = parts;
  const [{ taskId: parentTaskId }] = await asker.submit(TASK) as [Submitted];
  const asked = {
    taskId: "task_full",
    taskType: "carve",
    description: "a spoon",
    parametersJson: '{"of":"oak"}',
    requiredCapabilities: ["chisel", "oak"],
    priority: 2,
    deadline: "2999-01-01T00:00:00.000Z",
    preferredAgent: "agent_worker",
    parentTaskId,
    idempotencyKey: "spoon",
    timeoutS: 1.5,
    maxRetries: 0,
  };
  await asker.submit(asked);
  assert.partialDeepStrictEqual((await asker.get("task_full")).task, asked);
});

Deno.test("what cannot be asked for is refused with the field, each by itself", async () => {
  await using parts = await scene();
  const { asker } = parts;
  const submitted = await asker.submit(
    { ...TASK, idempotencyKey: "k" },
    { ...TASK, parametersJson: "[1]" },
    { ...TASK, parametersJson: "{" },
    { ...TASK, priority: 6 },
    { ...TASK, timeoutS: -1 },
    { ...TASK, deadline: "2001-01-01T00:00:00Z" },
    { ...TASK, deadline: "soon" },
    { ...TASK, taskType: "" },
    { ...TASK, maxRetries: -1 },
    { ...TASK, parametersJson: JSON.stringify({ x: "y".repeat(1_048_576) }) },
    { ...TASK, idempotencyKey: "k", description: "other" },
    { ...TASK, idempotencyKey: "k" },
  );
  const bad = "invalid_message";
  assert.deepEqual(submitted.map(({ code }) => code), [
    ...["", bad, "invalid_json", bad, bad, bad, bad, bad, bad, "too_large", "conflict", ""],
  ]);
  assert.match(submitted[3]!.message, /priority/);
  assert.equal(submitted[11]!.taskId, submitted[0]!.taskId);
  await assert.rejects(asker.submit(), fails("invalid_message"));
  await assert.rejects(asker.list(["done"]), fails("invalid_message"));
  await assert.rejects(asker.retry(submitted[0]!.taskId), fails("conflict"));
  assert.equal((await asker.list(["pending"])).tasks.length, 1);
});

Deno.test("parameters that are nested without end are refused, and the server is well", async () => {
  await using parts = await scene();
  const { asker, worker } = parts;
  const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
  const codes = new Set<string>();
  for (const depth of [500, 2_000, 4_000, 6_000, 8_000, 20_000, 100_000]) {
    const [submitted] = await asker.submit({ ...TASK, parametersJson: nested(depth) });
    codes.add(submitted!.code);
  }
  assert.ok(
    [...codes].every((code) => ["", "invalid_message", "invalid_json"].includes(code)),
    [...codes].join(),
  );
  await using working = worker.work(HELLO);
  const { taskId, attempt } = await working.assignment();
  assert.equal(await working.report(taskId, attempt, completed(nested(100_000))), "invalid_message");
  assert.partialDeepStrictEqual((await asker.get(taskId)).task, {
    status: "failed",
    code: "invalid_message",
  });
});
