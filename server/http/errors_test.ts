/** `/api/errors` of a real server, with each kind of error really caused. */
import assert from "node:assert/strict";
import type { RecentError } from "../figures/recent_errors.ts";
import { Hub } from "../testing/hub.ts";
import { askFor } from "./testing/ask.ts";

interface Page {
  items: RecentError[];
  next_cursor: string | null;
}

/** Gives what went wrong, once that is at least `count`. */
async function errorsOf(hub: Hub, count: number): Promise<RecentError[]> {
  for (;;) {
    const { body } = await askFor<Page>(hub, "GET /api/errors?limit=100");
    if (body.items.length >= count) return body.items;
  }
}

Deno.test("where nothing went wrong, /api/errors is empty", async () => {
  await using hub = await Hub.open();
  await using _agent = await hub.agent();
  await using ada = await hub.frontend();
  ada.send({ message_type: "TEXT", message_id: "msg_1", text_payload: "hi" });
  await ada.answer("msg_1");
  const { body } = await askFor<Page>(hub, "GET /api/errors");
  assert.deepEqual(body, { items: [], next_cursor: null });
});

Deno.test("a message that ends with an error is among the errors, with its conversation and agent", async () => {
  await using hub = await Hub.open();
  await using ada = await hub.frontend();
  const receiver_id = "agent_nobody";
  ada.send({
    message_type: "TEXT",
    message_id: "msg_1",
    conversation_id: "conv_1",
    text_payload: "hi",
    receiver_id,
  });
  const told = await ada.answer("msg_1", "ERROR");
  const [error, ...others] = await errorsOf(hub, 1);
  assert.deepEqual(others, []);
  assert.ok(Date.parse(error!.at) > 0);
  assert.deepEqual({ ...error, at: "" }, {
    at: "",
    code: "not_found",
    what: "message",
    id: "msg_1",
    text: told.error_details,
    agent_id: receiver_id,
    conversation_id: "conv_1",
  });
});

Deno.test("what an agent ends with an error names the agent", async () => {
  await using hub = await Hub.open();
  await using agent = await hub.agent({ agent_id: "agent_1" }, () => undefined);
  await using ada = await hub.frontend();
  ada.send({ message_type: "TEXT", message_id: "msg_1", text_payload: "hi" });
  await agent.next(({ message_type }) => message_type === "TEXT");
  const error_details = "postgres://ada:hunter2@mars/db cannot be reached.";
  agent.send({
    message_type: "ERROR",
    message_id: "msg_error1",
    in_reply_to_message_id: "msg_1",
    code: "unavailable",
    error_details,
  });
  await ada.answer("msg_1", "ERROR");
  const [error] = await errorsOf(hub, 1);
  assert.deepEqual([error?.code, error?.agent_id, error?.text], [
    "unavailable",
    "agent_1",
    "postgres://…@mars/db cannot be reached.",
  ]);
});

Deno.test("a task that fails is among the errors, and one that is cancelled or done is not", async () => {
  await using hub = await Hub.open();
  await using agent = await hub.agent({
    agent_id: "agent_1",
    capabilities: ["carve"],
    max_concurrent_tasks: 3,
  });
  for (const task_id of ["task_done", "task_bad", "task_off"]) {
    await askFor(hub, "POST /api/tasks", { task_id, task_type: "carve", required_capabilities: ["carve"] });
    await agent.next((frame) => frame.task_id === task_id);
  }
  const ends = (task_id: string, status: string, more = {}) =>
    agent.send({ message_type: "TASK_RESPONSE", task_id, attempt: 1, status, ...more });
  await askFor(hub, "POST /api/tasks/task_off/cancel");
  ends("task_done", "completed", { result: {} });
  ends("task_bad", "failed", { error_message: "The stone broke.", code: "invalid_message" });
  const errors = await errorsOf(hub, 1);
  assert.deepEqual(errors.map(({ what, id, code, text, agent_id }) => [what, id, code, text, agent_id]), [
    ["task", "task_bad", "invalid_message", "The stone broke.", "agent_1"],
  ]);
});

Deno.test("a command that fails is among the errors, also where its exit code alone says so, and one that succeeds is not", async () => {
  await using hub = await Hub.open();
  await using agent = await hub.agent({ agent_id: "agent_1" });
  for (
    const [command_id, fields] of [
      ["cmd_good", { success: true, exit_code: 0 }],
      ["cmd_bad", { success: false, exit_code: 3, output: "a secret" }],
      ["cmd_worse", { success: false, error_message: "There is no such program.", code: "not_found" }],
    ] as const
  ) {
    await askFor(hub, "POST /api/agents/agent_1/commands", { content: "df", command_id });
    agent.send({ message_type: "COMMAND_RESULT", command_id, ...fields });
    await agent.type("COMMAND_RESULT_RESPONSE");
  }
  const errors = await errorsOf(hub, 2);
  assert.deepEqual(errors.map(({ what, id, text, agent_id }) => [what, id, text, agent_id]), [
    ["command", "cmd_worse", "There is no such program.", "agent_1"],
    ["command", "cmd_bad", "It ended with exit code 3.", "agent_1"],
  ]);
});

Deno.test("a dead letter from a queue is among the errors", async () => {
  await using hub = await Hub.open();
  await hub.publish({
    message_type: "REPLY",
    message_id: "msg_1",
    conversation_id: "conv_1",
    sender_id: "agent_1",
    receiver_id: "web_1",
    code: "too_large",
    error_details: "It is too large.",
    _origin_queue: "server_input_queue",
  }, "dead_letter_queue");
  const [error] = await errorsOf(hub, 1);
  const { body: letters } = await askFor<{ items: { id: string }[] }>(hub, "GET /api/dead-letters");
  assert.deepEqual({ ...error, at: "" }, {
    at: "",
    code: "too_large",
    what: "dead_letter",
    id: letters.items[0]?.id,
    text: "It is too large.",
    agent_id: "agent_1",
    conversation_id: "conv_1",
  });
});

Deno.test("what a reset of the queues gives up is no error: somebody wanted that", async () => {
  await using hub = await Hub.open({ hasBroker: false });
  await using ada = await hub.frontend();
  ada.send({ message_type: "TEXT", message_id: "msg_1", text_payload: "hi" });
  await ada.status("msg_1", "pending");
  await askFor(hub, "POST /api/queues/reset");
  assert.equal((await ada.answer("msg_1", "ERROR")).code, "cancelled");
  ada.send({ message_type: "TEXT", message_id: "msg_2", text_payload: "hi", receiver_id: "agent_nobody" });
  await hub.passOne();
  await ada.answer("msg_2", "ERROR");
  assert.deepEqual((await errorsOf(hub, 1)).map(({ id }) => id), ["msg_2"]);
});

Deno.test("/api/errors has the newest 200, in pages, and refuses a cursor that none of its own is", async () => {
  await using hub = await Hub.open();
  await using ada = await hub.frontend();
  for (let at = 1; at <= 203; at++) {
    const message_id = `msg_${at}`;
    ada.send({ message_type: "TEXT", message_id, text_payload: "hi", receiver_id: "agent_nobody" });
    await ada.answer(message_id, "ERROR");
  }
  const ids: (string | null)[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const query: string = cursor ? `?limit=90&cursor=${cursor}` : "?limit=90";
    const { body }: { body: Page } = await askFor<Page>(hub, `GET /api/errors${query}`);
    ids.push(...body.items.map(({ id }) => id));
    cursor = body.next_cursor;
  }
  assert.deepEqual(ids, Array.from({ length: 200 }, (_, at) => `msg_${203 - at}`));
  for (const query of ["cursor=x", "limit=0", "limit=101"]) {
    const { status } = await askFor(hub, `GET /api/errors?${query}`);
    assert.equal(status, 422, query);
  }
});
