import assert from "node:assert/strict";
import { AgentMessage, requireSendable } from "./agent_message.ts";
import { MessagePriority, MessageType } from "./vocabulary.ts";

const message = new AgentMessage({
  fromAgent: "agent_001",
  toAgent: "agent_002",
  messageType: MessageType.TASK_ASSIGNMENT,
  content: { task: "process_data" },
});

Deno.test("AgentMessage has defaults for what is not said", () => {
  assert.match(message.messageId, /^msg_/);
  assert.deepEqual([message.priority, message.retryCount, message.maxRetries], [
    MessagePriority.MEDIUM,
    0,
    3,
  ]);
  assert.ok(Math.abs(Date.parse(message.timestamp) - Date.now()) < 60_000);
});

Deno.test("toJSON writes the protocol's names, and the library's beside them; parse reads it back", () => {
  const answer = new AgentMessage({
    ...message,
    parentMessageId: "msg_before",
    expiresAt: "2030-01-01T00:00:00Z",
  });
  const json = JSON.parse(JSON.stringify(answer));
  assert.deepEqual(
    [json.message_type, json.sender_id, json.from_agent, json.receiver_id, json.to_agent],
    ["TASK_REQUEST", "agent_001", "agent_001", "agent_002", "agent_002"],
  );
  assert.deepEqual([json.in_reply_to_message_id, json.parent_message_id], ["msg_before", "msg_before"]);
  assert.deepEqual(AgentMessage.parse(JSON.stringify(answer)), answer);
});

const FORMS = {
  "the protocol's names": {
    sender_id: "a",
    receiver_id: "b",
    in_reply_to_message_id: "msg_0",
    send_timestamp: "2024-01-15T10:30:00Z",
  },
  "the library's names": {
    from_agent: "a",
    to_agent: "b",
    parent_message_id: "msg_0",
    timestamp: "2024-01-15T10:30:00Z",
  },
  "created_at": {
    from_agent: "a",
    to_agent: "b",
    parent_message_id: "msg_0",
    created_at: "2024-01-15T10:30:00Z",
  },
};
for (const [name, fields] of Object.entries(FORMS)) {
  Deno.test(`parse reads a message with ${name}, and types in lower case`, () => {
    const read = AgentMessage.parse({
      message_id: "msg_1",
      message_type: "task_assignment",
      content: { x: 1 },
      ...fields,
    });
    assert.deepEqual(
      [read.fromAgent, read.toAgent, read.messageType, read.parentMessageId, read.timestamp, read.content],
      ["a", "b", "TASK_REQUEST", "msg_0", "2024-01-15T10:30:00Z", { x: 1 }],
    );
  });
}

Deno.test("parse keeps fields that it does not know, and toJSON writes them", () => {
  const json = JSON.parse(
    JSON.stringify(AgentMessage.parse({ message_type: "COORDINATION", colour: "blue" })),
  );
  assert.equal(json.colour, "blue");
});

Deno.test("parse takes no receiver for everybody", () => {
  assert.equal(
    AgentMessage.parse({ message_type: "BROADCAST", from_agent: "a", to_agent: null }).toAgent,
    null,
  );
});

const BAD: [string, string | Record<string, unknown>, string, RegExp][] = [
  ["no JSON", "{", "invalid_json", /JSON/],
  ["no object", "[]", "invalid_message", /object/],
  ["no type", { from_agent: "a" }, "invalid_message", /message_type/],
  ["a priority that there is not", { message_type: "X", priority: 9 }, "invalid_message", /priority/],
  ["content that is no object", { message_type: "X", content: "x" }, "invalid_message", /content/],
  ["a time that is none", { message_type: "X", expires_at: "soon" }, "invalid_message", /expires_at/],
  ["a count that is none", { message_type: "X", retry_count: -1 }, "invalid_message", /retry_count/],
];
for (const [what, json, code, sentence] of BAD) {
  Deno.test(`parse refuses ${what}`, () => {
    assert.throws(() => AgentMessage.parse(json), { code, message: sentence });
  });
}

Deno.test("isExpired tells whether the time has come", () => {
  const expiring = new AgentMessage({ ...message, expiresAt: "2024-01-15T10:30:00.000Z" });
  const at = Date.parse("2024-01-15T10:30:00.000Z");
  assert.deepEqual([expiring.isExpired(at - 1), expiring.isExpired(at), message.isExpired(at)], [
    false,
    true,
    false,
  ]);
});

Deno.test("canRetry allows as many retries as there may be, and none of what has expired", () => {
  let again = new AgentMessage({ ...message, maxRetries: 2 });
  again = again.createRetry().createRetry();
  assert.deepEqual([again.retryCount, again.canRetry(), again.messageId], [2, false, message.messageId]);
  assert.throws(() => again.createRetry(), { code: "conflict" });
  assert.equal(new AgentMessage({ ...message, expiresAt: "2024-01-15T10:30:00Z" }).canRetry(), false);
});

Deno.test("createResponse answers whoever asked; the same answer has the same id, another one another", () => {
  const response = message.createResponse({ status: "completed" });
  assert.deepEqual(
    [response.fromAgent, response.toAgent, response.messageType, response.parentMessageId],
    ["agent_002", "agent_001", "TASK_RESPONSE", message.messageId],
  );
  assert.equal(message.createResponse({ status: "completed" }).messageId, response.messageId);
  assert.notEqual(message.createResponse({ status: "failed" }).messageId, response.messageId);
});

Deno.test("requireSendable refuses content that cannot travel", () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  const send = (content: Record<string, unknown>) => () =>
    requireSendable(new AgentMessage({ ...message, content }));
  assert.throws(send(cycle), { code: "invalid_message" });
  assert.throws(send({ big: 1n }), { code: "invalid_message" });
  assert.doesNotThrow(send({ fine: [1, "two", null] }));
});
