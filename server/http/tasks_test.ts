/** Tasks as people meet them over HTTP, against a real server and an agent on a socket. */
import assert from "node:assert/strict";
import { type TaskRecord, taskSchema } from "../../shared/model/task.ts";
import { timestamp } from "../../shared/model/message.ts";
import { serverPrincipal } from "../../shared/model/principal.ts";
import { type Client, type Frame } from "../testing/client.ts";
import { Hub } from "../testing/hub.ts";

type Body = TaskRecord & {
  detail: string;
  code: string;
  items: Body[];
  waiting_reason: string | null;
  subtask_ids: string[];
  left_out?: string[];
};

async function ask(hub: Hub, route: string, body?: unknown, headers: Record<string, string> = {}) {
  const [method, path] = route.split(" ");
  const json = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
  const type: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
  const response = await fetch(`${hub.http}${path}`, {
    method: method!,
    headers: { ...type, ...headers },
    ...json,
  });
  return { status: response.status, body: await response.json() as Body };
}

const bearer = ({ registration }: { registration: Frame }) => ({
  authorization: `Bearer ${registration.session_token}`,
});
const task = ({ task }: Frame) => task as TaskRecord;
const update = (client: Client, status: string) =>
  client.next((frame) => frame.message_type === "TASK_UPDATE" && task(frame).status === status);

/** Has an agent on a socket that takes two at once work on whatever it is given, when the test says so. */
const worker = (hub: Hub) =>
  hub.agent({ agent_id: "agent_w", capabilities: ["stone", "carve"], max_concurrent_tasks: 2 });

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

Deno.test("tasks are listed by status, agent, type, words and parent, and subtasks end with their parent", async () => {
  await using hub = await Hub.open();
  await using agent = await worker(hub);
  const create = async (asked: object) => (await ask(hub, "POST /api/tasks", asked)).body.task_id;
  const held = await create({ task_type: "carve", description: "a Statue" });
  await agent.type("TASK_REQUEST");
  const waits = await create({ task_type: "paint", required_capabilities: ["oil"], parent_task_id: held });
  const ended = await create({ task_type: "paint", required_capabilities: ["oil"] });
  await ask(hub, `POST /api/tasks/${ended}/cancel`);
  const CASES: [query: string, ids: string[]][] = [
    ["", [ended, waits, held]],
    ["?status=pending", [waits]],
    ["?status=assigned,%20cancelled", [ended, held]],
    ["?agent=agent_w", [held]],
    ["?type=paint", [ended, waits]],
    ["?q=sTATUE", [held]],
    [`?parent=${held}`, [waits]],
    ["?limit=1", [ended]],
  ];
  for (const [query, ids] of CASES) {
    const { body } = await ask(hub, `GET /api/tasks${query}`);
    assert.deepEqual(body.items.map(({ task_id }) => task_id), ids, query);
  }
  assert.deepEqual((await ask(hub, `GET /api/tasks/${held}`)).body.subtask_ids, [waits]);
  await using events = await Events.open(hub, `?task=${waits}`);
  const cancelled = await ask(hub, `POST /api/tasks/${held}/cancel`);
  assert.deepEqual([cancelled.status, cancelled.body.status, cancelled.body.code], [
    200,
    "cancelled",
    "cancelled",
  ]);
  assert.partialDeepStrictEqual(await agent.type("STOP_TASK"), { task_id: held, attempt: 1 });
  assert.equal((await events.next((each) => each.status === "cancelled")).task_id, waits);
  const late = {
    message_type: "TASK_RESPONSE",
    task_id: held,
    attempt: 1,
    status: "completed",
    message_id: "msg_late",
  };
  const refused = await agent.ask(late, "ERROR");
  assert.partialDeepStrictEqual(refused, {
    code: "conflict",
    task_id: held,
    in_reply_to_message_id: "msg_late",
  });
  const retried = await ask(hub, `POST /api/tasks/${held}/retry`);
  assert.deepEqual([retried.status, retried.body.status, retried.body.error], [200, "pending", null]);
  assert.partialDeepStrictEqual(await agent.type("TASK_REQUEST"), { task_id: held, attempt: 2 });
  assert.equal((await ask(hub, `POST /api/tasks/${held}/retry`)).body.code, "conflict");
});

Deno.test("a person sees and changes their own tasks alone; who shows no session sees all", async () => {
  await using hub = await Hub.open();
  await using ada = await hub.frontend();
  await using eve = await hub.frontend();
  const { body: { task_id } } = await ask(hub, "POST /api/tasks", { task_type: "carve" }, bearer(ada));
  for (
    const route of [
      `GET /api/tasks/${task_id}`,
      `POST /api/tasks/${task_id}/cancel`,
      `POST /api/tasks/${task_id}/retry`,
    ]
  ) {
    const { status, body } = await ask(hub, route, undefined, bearer(eve));
    assert.deepEqual([status, body.code], [404, "not_found"], route);
  }
  const events = await fetch(`${hub.http}/api/task-events?task=${task_id}`, { headers: bearer(eve) });
  assert.equal(events.status, 404);
  await events.body?.cancel();
  assert.deepEqual((await ask(hub, "GET /api/tasks", undefined, bearer(eve))).body.items, []);
  const part = { task_type: "part", parent_task_id: task_id };
  assert.equal((await ask(hub, "POST /api/tasks", part, bearer(eve))).body.code, "not_found");
  assert.equal((await ask(hub, "POST /api/tasks", part)).status, 201, "nobody signed in sees all");
  assert.equal(
    (await ask(hub, `POST /api/tasks/${task_id}/cancel`)).body.error,
    "web_anonymous cancelled it.",
  );
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

Deno.test("what is wrong with a task is told", async (t) => {
  await using hub = await Hub.open();
  const carve = { task_type: "carve" };
  const { body: { task_id: ended } } = await ask(hub, "POST /api/tasks", carve);
  await ask(hub, `POST /api/tasks/${ended}/cancel`);
  const past = timestamp(Date.now() - 1_000);
  const CASES: [what: string, route: string, body: unknown, status: number, code: string, names: string][] = [
    ["no JSON", "POST /api/tasks", "{", 400, "invalid_json", "JSON"],
    ["a list", "POST /api/tasks", [], 422, "invalid_message", "body"],
    ["no type", "POST /api/tasks", {}, 422, "invalid_message", "task_type"],
    ["a type of blanks", "POST /api/tasks", { task_type: " " }, 422, "invalid_message", "task_type"],
    ["NUL in the type", "POST /api/tasks", { task_type: "a\0b" }, 422, "invalid_message", "task_type"],
    [
      "an escape in a capability",
      "POST /api/tasks",
      { ...carve, required_capabilities: ["a\u001b[2J"] },
      422,
      "invalid_message",
      "required_capabilities",
    ],
    [
      "NUL in the key",
      "POST /api/tasks",
      { ...carve, idempotency_key: "a\0" },
      422,
      "invalid_message",
      "idempotency_key",
    ],
    [
      "a deadline that has passed",
      "POST /api/tasks",
      { ...carve, deadline: past },
      422,
      "invalid_message",
      "deadline",
    ],
    [
      "a deadline that is none",
      "POST /api/tasks",
      { ...carve, deadline: "soon" },
      422,
      "invalid_message",
      "deadline",
    ],
    [
      "its own parent",
      "POST /api/tasks",
      { ...carve, task_id: "task_o", parent_task_id: "task_o" },
      422,
      "invalid_message",
      "parent_task_id",
    ],
    [
      "an unknown parent",
      "POST /api/tasks",
      { ...carve, parent_task_id: "task_none" },
      404,
      "not_found",
      "parent_task_id",
    ],
    [
      "a parent that no task can be called",
      "POST /api/tasks",
      { ...carve, parent_task_id: "a\0" },
      404,
      "not_found",
      "parent_task_id",
    ],
    [
      "an ended parent",
      "POST /api/tasks",
      { ...carve, parent_task_id: ended },
      409,
      "conflict",
      "parent_task_id",
    ],
    [
      "parameters that are a list",
      "POST /api/tasks",
      { ...carve, parameters: [1] },
      422,
      "invalid_message",
      "parameters",
    ],
    [
      "parameters that are a text",
      "POST /api/tasks",
      { ...carve, parameters: "x" },
      422,
      "invalid_message",
      "parameters",
    ],
    [
      "parameters over 1 MiB",
      "POST /api/tasks",
      { ...carve, parameters: { x: "x".repeat(1_048_576) } },
      413,
      "too_large",
      "parameters",
    ],
    ["priority 9", "POST /api/tasks", { ...carve, priority: 9 }, 422, "invalid_message", "priority"],
    [
      "a priority without a name",
      "POST /api/tasks",
      { ...carve, priority: "urgent" },
      422,
      "invalid_message",
      "priority",
    ],
    [
      "another kind's id",
      "POST /api/tasks",
      { ...carve, task_id: "agent_1" },
      422,
      "invalid_message",
      "task_id",
    ],
    [
      "an id with a slash",
      "POST /api/tasks",
      { ...carve, task_id: "a/b" },
      422,
      "invalid_message",
      "task_id",
    ],
    [
      "no time for an attempt",
      "POST /api/tasks",
      { ...carve, timeout_s: 0 },
      422,
      "invalid_message",
      "timeout_s",
    ],
    [
      "fewer retries than none",
      "POST /api/tasks",
      { ...carve, max_retries: -1 },
      422,
      "invalid_message",
      "max_retries",
    ],
    [
      "a status that is none",
      "GET /api/tasks?status=pending,done",
      undefined,
      422,
      "invalid_message",
      "status",
    ],
    ["NUL in what is searched", "GET /api/tasks?q=a%00", undefined, 422, "invalid_message", "q"],
    ["a cursor that is none", "GET /api/tasks?cursor=x", undefined, 422, "invalid_message", "cursor"],
    ["an unknown task", "GET /api/tasks/task_none", undefined, 404, "not_found", "task_none"],
    ["what no task can be called", "GET /api/tasks/a%00b", undefined, 404, "not_found", "no task"],
    [
      "an unknown task to cancel",
      "POST /api/tasks/task_none/cancel",
      undefined,
      404,
      "not_found",
      "task_none",
    ],
    [
      "events of an unknown task",
      "GET /api/task-events?task=task_none",
      undefined,
      404,
      "not_found",
      "task_none",
    ],
    [
      "a flag that is none",
      "GET /api/task-events?only_ended=perhaps",
      undefined,
      422,
      "invalid_message",
      "only_ended",
    ],
  ];
  for (const [what, route, body, status, code, names] of CASES) {
    await t.step(`${what} is answered with ${code}`, async () => {
      const answer = await ask(hub, route, body);
      assert.deepEqual([answer.status, answer.body.code], [status, code], answer.body.detail);
      assert.ok(answer.body.detail.includes(names), answer.body.detail);
    });
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

Deno.test("what is very long stands in the task alone, not in lists", async () => {
  await using hub = await Hub.open();
  const parameters = { text: "x".repeat(20_000) };
  const { body: { task_id } } = await ask(hub, "POST /api/tasks", { task_type: "carve", parameters });
  const { body: { items: [item] } } = await ask(hub, "GET /api/tasks");
  assert.deepEqual([item?.parameters, item?.left_out], [{}, ["parameters"]]);
  assert.deepEqual((await ask(hub, `GET /api/tasks/${task_id}`)).body.parameters, parameters);
});

Deno.test("a task that has failed is a dead letter: replayed it is tried again, deleted it stays as it is", async () => {
  await using hub = await Hub.open();
  await using agent = await worker(hub);
  await using ada = await hub.frontend();
  const fail = async () => {
    const request = await ada.ask(
      { message_type: "TASK_REQUEST", task_type: "carve", max_retries: 0 } as object,
      "TASK_UPDATE",
    );
    const { task_id } = task(request);
    await agent.type("TASK_REQUEST");
    agent.send({ message_type: "TASK_RESPONSE", task_id, status: "failed", error_message: "no chisel" });
    await ada.next((frame) =>
      frame.message_type === "TASK_UPDATE" && task(frame).task_id === task_id &&
      task(frame).status === "failed"
    );
    return task_id;
  };
  const replayed = await fail();
  const letter = await ask(hub, `GET /api/dead-letters/${replayed}`);
  assert.partialDeepStrictEqual(
    letter.body,
    { id: replayed, queue: "tasks", reason: "no chisel", code: "internal" } as object,
  );
  const { body } = await ask(hub, `POST /api/dead-letters/${replayed}/replay`);
  assert.deepEqual(body as object, { id: replayed, message_id: replayed, queue: "tasks" });
  assert.partialDeepStrictEqual(await agent.type("TASK_REQUEST"), { task_id: replayed, attempt: 2 });
  assert.equal((await ask(hub, `GET /api/dead-letters/${replayed}`)).status, 404);
  const deleted = await fail();
  const answer = await fetch(`${hub.http}/api/dead-letters/${deleted}`, { method: "DELETE" });
  assert.equal(answer.status, 204);
  assert.equal((await ask(hub, `GET /api/tasks/${deleted}`)).body.status, "failed");
});

Deno.test("what gave a task to an agent and was put aside is not brought back: nobody gets the task twice", async () => {
  await using hub = await Hub.open();
  await using _agent = await worker(hub);
  const body = JSON.stringify({ message_type: "TASK_REQUEST", message_id: "task_a:1", task_id: "task_a" });
  const letter = {
    id: "task_a:1",
    queue: "agent_queue_agent_w",
    body,
    code: "cancelled",
    reason: "reset",
    at: "",
  };
  await hub.store.deadLetters.add(serverPrincipal("server_t"), letter);
  const answer = await ask(hub, "POST /api/dead-letters/task_a:1/replay");
  assert.deepEqual([answer.status, answer.body.code], [409, "conflict"]);
  assert.equal((await ask(hub, "GET /api/dead-letters/task_a:1")).status, 200);
});

/** Reads `/api/task-events`. */
class Events implements AsyncDisposable {
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly #tasks: TaskRecord[] = [];
  #rest = "";

  private constructor(body: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#reader = body.pipeThrough(new TextDecoderStream()).getReader();
  }

  static async open(hub: Hub, query = ""): Promise<Events> {
    const response = await fetch(`${hub.http}/api/task-events${query}`);
    assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
    return new Events(response.body!);
  }

  /** Gives the next task that fits; undefined where the stream ended before. */
  async next(fits: (task: TaskRecord) => boolean = () => true): Promise<TaskRecord> {
    for (;;) {
      for (let task = this.#tasks.shift(); task; task = this.#tasks.shift()) if (fits(task)) return task;
      const { value, done } = await this.#reader.read();
      if (done) throw new Error("the stream has ended");
      const lines = (this.#rest + value).split("\n");
      this.#rest = lines.pop()!;
      for (const line of lines) {
        if (line.startsWith("data: ")) this.#tasks.push(JSON.parse(line.slice(6)).task);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader.cancel();
  }
}

Deno.test("the stream of events tells of every task in order, or of those that have ended, or of one's subtasks", async () => {
  await using hub = await Hub.open();
  await using all = await Events.open(hub);
  await using ends = await Events.open(hub, "?only_ended=true");
  const { body: { task_id } } = await ask(hub, "POST /api/tasks", { task_type: "carve" });
  const { body: part } = await ask(hub, "POST /api/tasks", { task_type: "part", parent_task_id: task_id });
  await using parts = await Events.open(hub, `?parent=${task_id}`);
  assert.equal((await parts.next()).task_id, part.task_id);
  await ask(hub, `POST /api/tasks/${part.task_id}/cancel`);
  await ask(hub, `POST /api/tasks/${task_id}/cancel`);
  const seen = [await all.next(), await all.next(), await all.next(), await all.next()];
  assert.deepEqual(seen.map((each) => `${each.task_type} ${each.status}`), [
    "carve pending",
    "part pending",
    "part cancelled",
    "carve cancelled",
  ]);
  assert.deepEqual([(await ends.next()).task_type, (await ends.next()).task_type], ["part", "carve"]);
  assert.equal((await parts.next()).status, "cancelled");
});

Deno.test("the stream of events ends with the server", async () => {
  const hub = await Hub.open();
  await using events = await Events.open(hub);
  await hub[Symbol.asyncDispose]();
  await assert.rejects(events.next(), /the stream has ended/);
});

Deno.test("/openapi.json describes tasks", async () => {
  await using hub = await Hub.open();
  const { paths, components } = await (await fetch(`${hub.http}/openapi.json`)).json();
  assert.deepEqual(Object.keys(paths["/api/tasks"]), ["post", "get"]);
  assert.ok(paths["/api/tasks/{id}/retry"] && paths["/api/task-events"]);
  assert.ok(components.schemas.Task.properties.waiting_reason);
  const { parameters } = paths["/api/tasks"].get;
  assert.deepEqual(parameters.map(({ name }: { name: string }) => name), [
    "limit",
    "cursor",
    "status",
    "agent",
    "type",
    "q",
    "parent",
  ]);
});
