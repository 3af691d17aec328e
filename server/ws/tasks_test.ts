/** Tasks on sockets: of frontends that ask for them, and of plain agents that work on them. */
import assert from "node:assert/strict";
import type { TaskRecord } from "../../shared/model/task.ts";
import { timestamp } from "../../shared/model/message.ts";
import { FakeClock } from "../presence/fake_clock.ts";
import type { Client, Frame } from "../testing/client.ts";
import { Hub } from "../testing/hub.ts";

const task = (frame: Frame) => frame.task as TaskRecord;
const told = (client: Client, fits: (task: TaskRecord) => boolean) =>
  client.next((frame) => frame.message_type === "TASK_UPDATE" && fits(task(frame)));
const updates = (client: Client, taskId: string) =>
  client.frames.filter((frame) => frame.message_type === "TASK_UPDATE" && task(frame).task_id === taskId)
    .map((frame) => `${task(frame).status} ${task(frame).progress}`);
/** What was sent before is worked off. */
const settled = (client: Client) => client.ask({ message_type: "PING" }, "PONG");

/** Sends a request that names itself, and waits for what answers it. */
function answerTo(client: Client, frame: Record<string, unknown>): Promise<Frame> {
  client.send(frame);
  return client.next(({ request_id }) => request_id === frame.request_id);
}
let requests = 0;
const request = async (client: Client, fields: object) =>
  task(await answerTo(client, { ...fields, request_id: `r${++requests}` }));

const CARVE = { message_type: "TASK_REQUEST", task_type: "carve" };
const worker = (hub: Hub, fields: object = {}) =>
  hub.agent({ agent_id: "agent_w", capabilities: ["carve"], max_concurrent_tasks: 2, ...fields });

Deno.test("a frontend that asks for a task is answered, and hears of it without subscribing, in order and once", async () => {
  await using hub = await Hub.open();
  await using agent = await worker(hub);
  await using ada = await hub.frontend();
  await using eve = await hub.frontend();
  for (const client of [ada, eve]) client.send({ message_type: "SUBSCRIBE_TASKS" });
  await settled(eve);
  const asked = {
    message_type: "TASK_ASSIGNMENT",
    content: { task_type: "carve" },
    request_id: "r1",
    message_id: "msg_1",
  };
  const answer = await answerTo(ada, asked);
  assert.deepEqual([answer.request_id, answer.in_reply_to_message_id], ["r1", "msg_1"]);
  const { task_id } = task(answer);
  const given = await agent.type("TASK_REQUEST");
  assert.partialDeepStrictEqual(given, { task_id, attempt: 1, sender_id: ada.registration.frontend_id });
  const word = { message_type: "TASK_RESPONSE", task_id, attempt: 1 };
  agent.send({ ...word, status: "in_progress" });
  agent.send({ ...word, status: "in_progress", completion_percentage: 50 });
  agent.send({ ...word, content: { status: "completed", result: "done" } });
  assert.equal(task(await told(ada, ({ status }) => status === "completed")).result, "done");
  await settled(ada);
  const own = updates(ada, task_id);
  // What waits to be read is told as it stands then: nothing is told twice, or out of order.
  assert.equal(new Set(own).size, own.length - (own[0] === own[1] ? 1 : 0), own.join());
  assert.deepEqual([own[0], own.at(-1)], ["pending 0", "completed 1"]);
  await settled(eve);
  assert.deepEqual(updates(eve, task_id), [], "it is another person's");
});

Deno.test("a frontend subscribes to one task, to the subtasks of one, and to ends alone", async () => {
  await using hub = await Hub.open();
  await using ada = await hub.frontend();
  const { task_id } = await request(ada, CARVE);
  const part = { ...CARVE, task_type: "part", parent_task_id: task_id };
  const { task_id: partId } = await request(ada, part);
  await using again = await hub.frontend({ session_token: ada.registration.session_token, last_seq: 0 });
  again.send({ message_type: "SUBSCRIBE_TASKS", task_id });
  assert.equal(task(await again.type("TASK_UPDATE")).task_id, task_id);
  again.send({ message_type: "SUBSCRIBE_TASKS", parent_task_id: task_id });
  assert.equal(task(await again.type("TASK_UPDATE")).task_id, partId);
  await using ends = await hub.frontend({ session_token: ada.registration.session_token, last_seq: 0 });
  ends.send({ message_type: "SUBSCRIBE_TASKS", only_ended: true });
  await settled(ends);
  const cancel = { message_type: "CANCEL_TASK", task_id, request_id: "r2" };
  const answer = await ada.ask(cancel, "CANCEL_TASK");
  assert.partialDeepStrictEqual(answer, { request_id: "r2", task_id, status: "success" });
  await told(again, ({ task_id: id, status }) => id === partId && status === "cancelled");
  assert.equal(task(await ends.type("TASK_UPDATE")).status, "cancelled");
  await ada.ask({ message_type: "RETRY_TASK", task_id }, "RETRY_TASK");
  assert.equal(task(await told(again, ({ status }) => status === "pending")).task_id, task_id);
  await settled(ends);
  assert.ok(
    ends.frames.every((frame) => frame.message_type !== "TASK_UPDATE" || task(frame).status === "cancelled"),
  );
});

Deno.test("what is wrong with a frontend's frame about tasks is told with what names it, and the connection stays", async (t) => {
  await using hub = await Hub.open();
  await using ada = await hub.frontend();
  await using eve = await hub.frontend();
  const { task_id: others } = await request(eve, CARVE);
  const { task_id: ended } = await request(ada, { ...CARVE, idempotency_key: "k" });
  await ada.ask({ message_type: "CANCEL_TASK", task_id: ended }, "CANCEL_TASK");
  const CASES: [what: string, frame: object, code: string, names: string][] = [
    ["no type", { message_type: "TASK_REQUEST" }, "invalid_message", "task_type"],
    [
      "a deadline that has passed",
      { ...CARVE, deadline: timestamp(Date.now() - 1) },
      "invalid_message",
      "deadline",
    ],
    [
      "its own parent",
      { ...CARVE, task_id: "task_o", parent_task_id: "task_o" },
      "invalid_message",
      "parent",
    ],
    ["an unknown parent", { ...CARVE, parent_task_id: "task_none" }, "not_found", "parent"],
    ["another person's parent", { ...CARVE, parent_task_id: others }, "not_found", "parent"],
    ["an ended parent", { ...CARVE, parent_task_id: ended }, "conflict", "parent"],
    ["parameters that are a list", { ...CARVE, parameters: [] }, "invalid_message", "parameters"],
    ["priority 9", { ...CARVE, priority: 9 }, "invalid_message", "priority"],
    ["another kind's id", { ...CARVE, task_id: "conv_1" }, "invalid_message", "task_id"],
    ["NUL in the type", { ...CARVE, task_type: "a\0" }, "invalid_message", "task_type"],
    [
      "the key of another task",
      { ...CARVE, idempotency_key: "k", parameters: { a: 1 } },
      "conflict",
      "idempotency_key",
    ],
    ["another person's task", { message_type: "SUBSCRIBE_TASKS", task_id: others }, "not_found", "no task"],
    [
      "a flag that is none",
      { message_type: "SUBSCRIBE_TASKS", only_ended: 1 },
      "invalid_message",
      "only_ended",
    ],
    [
      "what an agent says",
      { message_type: "TASK_RESPONSE", task_id: ended, status: "completed" },
      "unsupported_type",
      "TASK_RESPONSE",
    ],
  ];
  for (const [what, frame, code, names] of CASES) {
    await t.step(`${what} is answered with ${code}`, async () => {
      const error = await ada.ask({ ...frame, message_id: "msg_x", request_id: "r" }, "ERROR");
      assert.deepEqual([error.code, error.in_reply_to_message_id], [code, "msg_x"]);
      assert.ok(error.text_payload.includes(names), error.text_payload);
      if (code !== "unsupported_type") assert.equal(error.request_id, "r");
      await settled(ada);
    });
  }
  for (const message_type of ["CANCEL_TASK", "RETRY_TASK"]) {
    const answer = await ada.ask({ message_type, task_id: others, request_id: "r" }, message_type);
    assert.partialDeepStrictEqual(answer, {
      status: "error",
      code: "not_found",
      request_id: "r",
      task_id: others,
    });
  }
});

Deno.test("one connection can subscribe to 100 things", async () => {
  await using hub = await Hub.open();
  await using ada = await hub.frontend();
  const { task_id } = await request(ada, CARVE);
  const part = (index: number) => ({ ...CARVE, task_id: `task_part${index}`, parent_task_id: task_id });
  for (let index = 0; index <= 100; index++) await request(ada, part(index));
  for (let index = 0; index < 100; index++) {
    await ada.ask({ message_type: "SUBSCRIBE_TASKS", task_id: `task_part${index}` }, "TASK_UPDATE");
  }
  const error = await ada.ask({ message_type: "SUBSCRIBE_TASKS", task_id: "task_part100" }, "ERROR");
  assert.equal(error.code, "rate_limited");
  await ada.ask({ message_type: "SUBSCRIBE_TASKS", task_id: "task_part0" }, "TASK_UPDATE");
});

Deno.test("an agent on a socket asks for a task, and another works on it", async () => {
  await using hub = await Hub.open();
  await using _worker = await worker(hub);
  await using boss = await hub.agent({ agent_id: "agent_boss", capabilities: [] });
  assert.equal((await request(boss, CARVE)).requested_by, "agent_boss");
  assert.equal(task(await told(boss, ({ status }) => status === "assigned")).agent_id, "agent_w");
});

Deno.test("a plain agent never has more than it takes at once, and gets the next when one has ended", async () => {
  await using hub = await Hub.open();
  await using agent = await worker(hub);
  await using ada = await hub.frontend();
  for (let index = 0; index < 5; index++) {
    await request(ada, { ...CARVE, task_id: `task_${index}` });
  }
  const given = () => agent.frames.filter(({ message_type }) => message_type === "TASK_REQUEST");
  for (let ended = 0; ended < 5; ended++) {
    const { task_id } = await agent.type("TASK_REQUEST");
    await settled(agent);
    assert.ok(given().length <= ended + 2, `${given().length} given, ${ended} ended`);
    const word = { message_type: "TASK_RESPONSE", task_id, status: "completed", request_id: `r${ended}` };
    assert.equal(
      task(await agent.next.call((agent.send(word), agent), (frame) => frame.request_id === `r${ended}`))
        .status,
      "completed",
    );
  }
  assert.equal(given().length, 5);
});

Deno.test("a plain agent that is gone loses its task to another at once", async () => {
  await using hub = await Hub.open();
  await using ada = await hub.frontend();
  const agent = await worker(hub);
  const { task_id } = await request(ada, CARVE);
  await agent.type("TASK_REQUEST");
  await using other = await worker(hub, { agent_id: "agent_other" });
  await agent[Symbol.asyncDispose]();
  assert.partialDeepStrictEqual(await other.type("TASK_REQUEST"), { task_id, attempt: 2 });
  const { attempts } = task(await told(ada, ({ attempt }) => attempt === 2));
  assert.deepEqual(attempts.map(({ agent_id, outcome }) => [agent_id, outcome]), [["agent_w", "lost"], [
    "agent_other",
    null,
  ]]);
  const late = { message_type: "TASK_RESPONSE", task_id, attempt: 1, status: "completed" };
  await using back = await worker(hub);
  assert.equal((await back.ask(late, "ERROR")).code, "conflict");
});

Deno.test("a plain agent that is online and says nothing for AGENT_DEFAULT_TIMEOUT loses its task to another", async () => {
  const clock = new FakeClock(Date.now());
  await using hub = await Hub.open({
    clock,
    env: { AGENT_DEFAULT_TIMEOUT: "60", AGENT_INACTIVITY_TIMEOUT: "600" },
  });
  await using ada = await hub.frontend();
  await using agent = await worker(hub);
  const { task_id } = await request(ada, CARVE);
  await agent.type("TASK_REQUEST");
  await using other = await worker(hub, { agent_id: "agent_other" });
  clock.advance(40_000);
  agent.send({ message_type: "TASK_RESPONSE", task_id, status: "in_progress", progress: 0.1 });
  await told(ada, ({ progress }) => progress === 0.1);
  clock.advance(40_000);
  await settled(other);
  assert.ok(
    other.frames.every(({ message_type }) => message_type !== "TASK_REQUEST"),
    "progress extends the lease",
  );
  clock.advance(21_000);
  await told(ada, ({ attempts }) => attempts[0]?.outcome === "lost");
  assert.partialDeepStrictEqual(await other.type("TASK_REQUEST"), { task_id, attempt: 2 });
  assert.partialDeepStrictEqual(await agent.type("STOP_TASK"), { task_id, attempt: 1 });
});

Deno.test("an error report and a completion that name an agent's own task end it; others are messages", async () => {
  await using hub = await Hub.open();
  await using agent = await worker(hub);
  await using ada = await hub.frontend();
  const one = (await request(ada, { ...CARVE, max_retries: 0 })).task_id;
  await agent.type("TASK_REQUEST");
  agent.send({ message_type: "ERROR_REPORT", content: { task_id: one, error_message: "no chisel" } });
  assert.equal(task(await told(ada, ({ status }) => status === "failed")).error, "no chisel");
  const two = (await request(ada, CARVE)).task_id;
  await agent.type("TASK_REQUEST");
  agent.send({ message_type: "COMPLETION", task_id: two, result: 5 });
  assert.equal(task(await told(ada, ({ status }) => status === "completed")).result, 5);
  const receiver_id = ada.registration.frontend_id;
  agent.send({ message_type: "COMPLETION", receiver_id, text_payload: "all is done" });
  assert.equal((await ada.type("COMPLETION")).text_payload, "all is done");
});

Deno.test("what is wrong with what an agent says of a task is told with what names it", async (t) => {
  await using hub = await Hub.open({ env: { MAX_MESSAGE_BYTES: "4000000" } });
  await using agent = await worker(hub);
  await using other = await hub.agent({ agent_id: "agent_o", capabilities: [] });
  await using ada = await hub.frontend();
  const { task_id } = await request(ada, CARVE);
  await agent.type("TASK_REQUEST");
  const { task_id: cancelled } = await request(ada, CARVE);
  await agent.type("TASK_REQUEST");
  await ada.ask({ message_type: "CANCEL_TASK", task_id: cancelled }, "CANCEL_TASK");
  const word = { message_type: "TASK_RESPONSE", task_id };
  const CASES: [what: string, client: Client, frame: object, code: string][] = [
    ["a progress of 7", agent, { ...word, status: "in_progress", progress: 7 }, "invalid_message"],
    ["a status that is none", agent, { ...word, status: "perhaps" }, "invalid_message"],
    ["the result of another agent's task", other, { ...word, status: "completed", result: 1 }, "forbidden"],
    [
      "progress of another agent's task",
      other,
      { ...word, status: "in_progress", progress: 0.5 },
      "forbidden",
    ],
    ["an attempt that there never was", agent, { ...word, attempt: 9, status: "completed" }, "forbidden"],
    ["a result after cancellation", agent, { ...word, task_id: cancelled, status: "completed" }, "conflict"],
    ["a task that nobody knows", agent, { ...word, task_id: "task_none", status: "completed" }, "not_found"],
    ["what no task can be called", agent, { ...word, task_id: "a\0b", status: "completed" }, "not_found"],
    [
      "a result over 1 MiB",
      agent,
      { ...word, status: "completed", result: "x".repeat(1_048_600) },
      "too_large",
    ],
  ];
  for (const [what, client, frame, code] of CASES) {
    await t.step(`${what} is answered with ${code}`, async () => {
      const error = await client.ask({ ...frame, message_id: "msg_x" }, "ERROR");
      assert.deepEqual([error.code, error.in_reply_to_message_id], [code, "msg_x"], error.text_payload);
    });
  }
  const { status, code } = task(await told(ada, ({ status }) => status === "failed"));
  assert.deepEqual([status, code], ["failed", "too_large"], "what cannot be kept is no result");
});
