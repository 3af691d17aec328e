import { strict as assert } from "node:assert";
import { ParleyError } from "../shared/error.ts";
import { parseMessage } from "../shared/model/codec.ts";
import { envelopeOf, errorTo, failureOf, replyIdOf, replyTo, wentTooFar } from "./answer.ts";
import type { Request } from "./context.ts";

const author = { agentId: "agent_ada", replyId: "msg_reply" };
const request: Request = {
  message_id: "msg_1",
  message_type: "TEXT",
  sender_id: "web_1",
  conversation_id: "conv_1",
  text_payload: "hello",
  hops: 2,
  priority: 1,
  traceparent: "00-abc-def-01",
  _client_id: "web_1",
  _seq: 7,
};

Deno.test("replyTo() answers the sender in its conversation, one hop further, with the same trace", () => {
  const { send_timestamp, ...reply } = replyTo(request, author, "hi");
  assert.match(String(send_timestamp), /^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/);
  assert.deepEqual(reply, {
    message_id: "msg_reply",
    message_type: "REPLY",
    sender_id: "agent_ada",
    receiver_id: "web_1",
    conversation_id: "conv_1",
    in_reply_to_message_id: "msg_1",
    text_payload: "hi",
    routing_status: "pending",
    hops: 3,
    priority: 1,
    traceparent: "00-abc-def-01",
    _client_id: "web_1",
  });
});

Deno.test("errorTo() keeps what was written and says why, for programs and for people", () => {
  const error = new ParleyError("unavailable", "The model broke off.");
  const message = errorTo(request, author, { error, written: "half a" });
  assert.equal(message.message_type, "ERROR");
  assert.equal(message.text_payload, "half a");
  assert.equal(message.routing_status, "error");
  assert.equal(message.code, "unavailable");
  assert.equal(message.error_details, "The model broke off.");
  assert.equal(message.routing_status_message, message.error_details);
});

Deno.test("failureOf() shows the sentence of a ParleyError and hides any other text", () => {
  const own = new ParleyError("rate_limited", "Wait a minute.");
  assert.equal(failureOf(own, "Ada"), own);
  const other = failureOf(new Error("password=hunter2"), "Ada");
  assert.equal(other.code, "internal");
  assert.match(other.message, /^Ada failed while answering/);
  assert.doesNotMatch(other.message, /hunter2/);
});

Deno.test("wentTooFar() ends a message at 16 hops", () => {
  assert.deepEqual([undefined, 0, 15, 16, 99].map((hops) => wentTooFar({ ...request, hops })), [
    false,
    false,
    false,
    true,
    true,
  ]);
});

Deno.test("envelopeOf() carries id, order, priority and trace beside the body", () => {
  const reply = replyTo(request, author, "hi");
  const envelope = envelopeOf(reply);
  assert.deepEqual(parseMessage(envelope.body), reply);
  assert.deepEqual({ ...envelope, body: "" }, {
    id: "msg_reply",
    body: "",
    headers: { traceparent: "00-abc-def-01" },
    priority: 1,
    key: "conv_1",
  });
});

Deno.test("replyIdOf() gives one id for one request and agent, and another for another", () => {
  const id = replyIdOf("msg_1", "ada");
  assert.match(id, /^msg_[0-9a-f]{20}$/);
  assert.equal(replyIdOf("msg_1", "ada"), id);
  assert.notEqual(replyIdOf("msg_2", "ada"), id);
  assert.notEqual(replyIdOf("msg_1", "bob"), id);
  assert.match(replyIdOf(`msg_0123abcd9${"x".repeat(16)}`, "ada"), /^msg_0123abcd9[0-9a-f]{20}$/);
  assert.match(replyIdOf("Their.own:id", "ada"), /^msg_[0-9a-f]{20}$/);
});
