/** Reading and changing tasks over HTTP, and hearing of them, against a real server and an agent on a socket. */
import assert from "node:assert/strict";
import { serverPrincipal } from "../../shared/model/principal.ts";
import { Hub } from "../testing/hub.ts";
import { bearer } from "./testing/ask.ts";
import { Events } from "./testing/events.ts";
import { ask, type Refusal, refuses, task, worker } from "./testing/tasks.ts";

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
  await using events = await openEvents(hub, `?task=${waits}`);
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

Deno.test("what is very long stands in the task alone, not in lists", async () => {
  await using hub = await Hub.open();
  const parameters = { text: "x".repeat(20_000) };
  const { body: { task_id } } = await ask(hub, "POST /api/tasks", { task_type: "carve", parameters });
  const { body: { items: [item] } } = await ask(hub, "GET /api/tasks");
  assert.deepEqual([item?.parameters, item?.left_out], [{}, ["parameters"]]);
  assert.deepEqual((await ask(hub, `GET /api/tasks/${task_id}`)).body.parameters, parameters);
});

Deno.test("what is wrong with a question about tasks is told", async (t) => {
  await using hub = await Hub.open();
  const CASES: [what: string, route: string, code: Refusal, names: string][] = [
    ["a status that is none", "GET /api/tasks?status=pending,done", "invalid_message", "status"],
    ["NUL in what is searched", "GET /api/tasks?q=a%00", "invalid_message", "q"],
    ["NUL in what dead letters are searched for", "GET /api/dead-letters?q=a%00", "invalid_message", "q"],
    ["NUL in a queue's name", "GET /api/dead-letters?queue=%00", "invalid_message", "queue"],
    ["a long search", `GET /api/dead-letters?q=${"a".repeat(201)}`, "invalid_message", "q"],
    ["a cursor that is none", "GET /api/tasks?cursor=x", "invalid_message", "cursor"],
    ["an unknown task", "GET /api/tasks/task_none", "not_found", "task_none"],
    ["what no task can be called", "GET /api/tasks/a%00b", "not_found", "no task"],
    ["an unknown task to cancel", "POST /api/tasks/task_none/cancel", "not_found", "task_none"],
    ["events of an unknown task", "GET /api/task-events?task=task_none", "not_found", "task_none"],
    ["a flag that is none", "GET /api/task-events?only_ended=perhaps", "invalid_message", "only_ended"],
  ];
  for (const [what, route, code, names] of CASES) {
    await t.step(`${what} is answered with ${code}`, () => refuses(ask(hub, route), code, names));
  }
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
  const found = await ask(hub, "GET /api/dead-letters?q=No%20Chisel&queue=tasks");
  assert.deepEqual(found.body.items.map((each) => (each as object as { id: string }).id), [replayed]);
  for (const none of ["q=no%20hammer", "q=chisel&queue=task"]) {
    assert.deepEqual((await ask(hub, `GET /api/dead-letters?${none}`)).body.items, [], none);
  }
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
const openEvents = (hub: Hub, query = "") => Events.open(hub, `/api/task-events${query}`, task);

Deno.test("the stream of events tells of every task in order, or of those that have ended, or of one's subtasks", async () => {
  await using hub = await Hub.open();
  await using all = await openEvents(hub);
  await using ends = await openEvents(hub, "?only_ended=true");
  const { body: { task_id } } = await ask(hub, "POST /api/tasks", { task_type: "carve" });
  const { body: part } = await ask(hub, "POST /api/tasks", { task_type: "part", parent_task_id: task_id });
  await using parts = await openEvents(hub, `?parent=${task_id}`);
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
  await using events = await openEvents(hub);
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
