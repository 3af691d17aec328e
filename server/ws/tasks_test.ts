/** Tasks on sockets, as those meet them who ask: frontends, and agents that ask others. */
import assert from "node:assert/strict";
import { timestamp } from "../../shared/model/message.ts";
import { Hub } from "../testing/hub.ts";
import { answerTo, CARVE, request, settled, task, told, updates, worker } from "./testing/tasks.ts";

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
