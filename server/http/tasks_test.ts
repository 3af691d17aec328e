/** Asking for tasks over HTTP, against a real server and an agent on a socket. */
import assert from "node:assert/strict";
import { timestamp } from "../../shared/model/message.ts";
import { taskSchema } from "../../shared/model/task.ts";
import { Hub } from "../testing/hub.ts";
import { bearer } from "./testing/ask.ts";
import { ask, type Refusal, refuses, task, update, worker } from "./testing/tasks.ts";

Deno.test("a task is asked for over HTTP, given to an agent on a socket, and its result is read", async () => {
  await using hub = await Hub.open();
  await using agent = await worker(hub);
  await using ada = await hub.frontend();
  const asked = {
    task_type: "carve",
    parameters: { a: [1] },
    required_capabilities: ["stone"],
    colour: "red",
  };
  const { status, body } = await ask(hub, "POST /api/tasks", asked, bearer(ada));
  assert.equal(status, 201);
  assert.ok(!("colour" in body), "unknown fields are passed over");
  assert.partialDeepStrictEqual(body, { task_type: "carve", status: "pending", priority: 3, attempt: 0 });
  const { task_id } = body;
  ada.send({ message_type: "SUBSCRIBE_TASKS", task_id });
  const given = await agent.type("TASK_REQUEST");
  assert.partialDeepStrictEqual(given, { task_id, task_type: "carve", parameters: { a: [1] }, attempt: 1 });
  agent.send({
    message_type: "TASK_RESPONSE",
    task_id,
    attempt: 1,
    status: "in_progress",
    progress: 0.5,
    note: "half",
  });
  assert.partialDeepStrictEqual(task(await update(ada, "in_progress")), {
    progress: 0.5,
    progress_note: "half",
  });
  agent.send({
    message_type: "TASK_RESPONSE",
    task_id,
    attempt: 1,
    status: "completed",
    result: { done: true },
  });
  assert.deepEqual(task(await update(ada, "completed")).result, { done: true });
  const read = await ask(hub, `GET /api/tasks/${task_id}`, undefined, bearer(ada));
  assert.partialDeepStrictEqual(taskSchema.parse(read.body), {
    status: "completed",
    agent_id: "agent_w",
    progress: 1,
  });
  assert.deepEqual([read.body.subtask_ids, read.body.waiting_reason], [[], null]);
  const stats = await (await fetch(`${hub.http}/api/stats`)).json();
  assert.deepEqual(stats.tasks, { waiting: 0, held: 0, ended: { completed: 1 } });
  const metrics = await (await fetch(`${hub.http}/metrics`)).text();
  assert.match(metrics, /^parley_tasks_total\{status="completed"\} 1$/m);
  assert.match(metrics, /^parley_tasks\{state="waiting"\} 0$/m);
});

Deno.test("a task that nobody can do waits, and says why", async () => {
  await using hub = await Hub.open();
  const { status, body } = await ask(hub, "POST /api/tasks", {
    task_type: "carve",
    required_capabilities: ["basalt"],
  });
  assert.equal(status, 201);
  assert.match(body.waiting_reason ?? "", /capability 'basalt'/);
  const read = await ask(hub, `GET /api/tasks/${body.task_id}`);
  assert.match(read.body.waiting_reason ?? "", /capability 'basalt'/);
});

Deno.test("the same key, or the same id, gives the task that there is; with other content it is refused", async () => {
  await using hub = await Hub.open();
  const asked = { task_type: "carve", idempotency_key: "k", task_id: "task_one" };
  const first = await ask(hub, "POST /api/tasks", asked);
  const again = await ask(hub, "POST /api/tasks", asked);
  const byKey = await ask(hub, "POST /api/tasks", { ...asked, task_id: undefined });
  assert.deepEqual([first, again, byKey].map(({ status, body }) => [status, body.task_id]), [
    [201, "task_one"],
    [200, "task_one"],
    [200, "task_one"],
  ]);
  for (
    const other of [{ ...asked, parameters: { a: 1 } }, { ...asked, task_id: undefined, task_type: "paint" }]
  ) {
    const { status, body } = await ask(hub, "POST /api/tasks", other);
    assert.deepEqual([status, body.code], [409, "conflict"]);
  }
});

Deno.test("1 MiB of parameters is taken however the JSON is written, where messages may be shorter", async () => {
  await using hub = await Hub.open({ env: { MAX_MESSAGE_BYTES: "4096" } });
  const x = "é".repeat(524_284);
  const asked = { task_type: "carve", description: "x".repeat(100_000), parameters: { x } };
  const escaped = JSON.stringify(asked).replaceAll("é", "\\u00e9");
  for (const body of [asked, escaped]) {
    const { status, body: { task_id } } = await ask(hub, "POST /api/tasks", body);
    assert.equal(status, 201);
    assert.equal((await ask(hub, `GET /api/tasks/${task_id}`)).body.parameters.x, x);
  }
  const { status, body } = await ask(hub, "POST /api/tasks", " ".repeat(5_000_000));
  assert.deepEqual([status, body.code], [413, "too_large"]);
  const other = await ask(hub, "POST /api/messages", { text_payload: "x".repeat(5_000) });
  assert.deepEqual([other.status, other.body.code], [413, "too_large"]);
});

Deno.test("what is wrong with a task that is asked for is told", async (t) => {
  await using hub = await Hub.open();
  const carve = { task_type: "carve" };
  const { body: { task_id: ended } } = await ask(hub, "POST /api/tasks", carve);
  await ask(hub, `POST /api/tasks/${ended}/cancel`);
  const past = timestamp(Date.now() - 1_000);
  const big = { x: "x".repeat(1_048_576) };
  const CASES: [what: string, asked: unknown, code: Refusal, names: string][] = [
    ["no JSON", "{", "invalid_json", "JSON"],
    ["a list", [], "invalid_message", "body"],
    ["no type", {}, "invalid_message", "task_type"],
    ["a type of blanks", { task_type: " " }, "invalid_message", "task_type"],
    ["NUL in the type", { task_type: "a\0b" }, "invalid_message", "task_type"],
    [
      "an escape in a capability",
      { ...carve, required_capabilities: ["a\u001b[2J"] },
      "invalid_message",
      "required_capabilities",
    ],
    ["NUL in the key", { ...carve, idempotency_key: "a\0" }, "invalid_message", "idempotency_key"],
    ["a deadline that has passed", { ...carve, deadline: past }, "invalid_message", "deadline"],
    ["a deadline that is none", { ...carve, deadline: "soon" }, "invalid_message", "deadline"],
    [
      "its own parent",
      { ...carve, task_id: "task_o", parent_task_id: "task_o" },
      "invalid_message",
      "parent_task_id",
    ],
    ["an unknown parent", { ...carve, parent_task_id: "task_none" }, "not_found", "parent_task_id"],
    [
      "a parent that no task can be called",
      { ...carve, parent_task_id: "a\0" },
      "not_found",
      "parent_task_id",
    ],
    ["an ended parent", { ...carve, parent_task_id: ended }, "conflict", "parent_task_id"],
    ["parameters that are a list", { ...carve, parameters: [1] }, "invalid_message", "parameters"],
    ["parameters that are a text", { ...carve, parameters: "x" }, "invalid_message", "parameters"],
    ["parameters over 1 MiB", { ...carve, parameters: big }, "too_large", "parameters"],
    ["priority 9", { ...carve, priority: 9 }, "invalid_message", "priority"],
    ["a priority without a name", { ...carve, priority: "urgent" }, "invalid_message", "priority"],
    ["another kind's id", { ...carve, task_id: "agent_1" }, "invalid_message", "task_id"],
    ["an id with a slash", { ...carve, task_id: "a/b" }, "invalid_message", "task_id"],
    ["no time for an attempt", { ...carve, timeout_s: 0 }, "invalid_message", "timeout_s"],
    ["fewer retries than none", { ...carve, max_retries: -1 }, "invalid_message", "max_retries"],
  ];
  for (const [what, asked, code, names] of CASES) {
    await t.step(
      `${what} is answered with ${code}`,
      () => refuses(ask(hub, "POST /api/tasks", asked), code, names),
    );
  }
});

Deno.test("hostile text comes back as it was", async () => {
  await using hub = await Hub.open();
  const description = "\0\u001b[2J<script>alert(1)</script>'; drop table tasks; --\u202e\ud83d\ude00";
  const parameters = { "__proto__x": description, "\0": [null, 1e300] };
  const { body: { task_id } } = await ask(hub, "POST /api/tasks", {
    task_type: "'; --",
    description,
    parameters,
  });
  const { body } = await ask(hub, `GET /api/tasks/${task_id}`);
  assert.partialDeepStrictEqual(body, { task_type: "'; --", description, parameters });
});
