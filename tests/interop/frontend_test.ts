// A stranger's frontend in TypeScript: a plain WebSocket, written from the protocol.

import assert from "node:assert/strict";
import { AgentPeer } from "./agent_peer.ts";
import { FrontendPeer } from "./frontend_peer.ts";
import { DEADLINE_MS } from "./inbox.ts";
import { liveTest, type Step } from "./live.ts";
import { type AgentEntry, freshId, type Message } from "./message.ts";
import type { System } from "./system.ts";

const AGENT_FIELDS: (keyof AgentEntry)[] = [
  "agent_id",
  "agent_name",
  "is_online",
  "last_seen",
  "status",
  "status_text",
  "agent_role",
  "capabilities",
  "current_tasks",
  "max_concurrent_tasks",
  "load_factor",
  "metrics",
];
const CHAT_TYPES = ["TEXT", "REPLY", "REPLY_CHUNK", "SYSTEM", "ERROR"];

await liveTest({
  name: "a peer in TypeScript chats as a frontend",
  broker: true,
  run: async (system, step) => {
    await using frontend = await FrontendPeer.join(system.ws, "Ada");
    await registers({ step, frontend });
    await isToldWhyNot(system, { step, frontend });
    await using agent = await AgentPeer.join(system, { name: "Stranger" });
    await frontend.socket.presence(agent.id, true);
    await keepsToItself(system, { step, frontend });
    await isAnsweredByTheServer({ step, frontend }, agent.id);
    await step("every frame so far had the next number of its session", () => checkNumbers(frontend));
  },
});

interface Chat {
  step: Step;
  frontend: FrontendPeer;
}

async function registers({ step, frontend }: Chat): Promise<void> {
  await step("REGISTER_FRONTEND gives an id, a session, and all agents", async () => {
    const { registration } = frontend;
    assert.equal(registration.status, "success");
    assert.match(frontend.id, /^web_[0-9a-z]{8,}$/);
    assert.equal(registration.frontend_name, "Ada");
    assert.equal(typeof registration.message, "string");
    assert.ok(registration.session_token);
    assert.match(registration.server_id as string, /^server_/);
    const update = await frontend.socket.next("AGENT_STATUS_UPDATE");
    assert.equal(update.is_full_update, true);
    assert.deepEqual(update.agents, []);
  });
}

/** Checks that `error` tells who asked `question` why it failed, with the question's own text. */
function checkRefusal(
  error: Message,
  question: { id: string; from: string; text: string },
  code: string,
): void {
  assert.equal(error.code, code);
  assert.equal(error.in_reply_to_message_id, question.id);
  assert.notEqual(error.message_id, question.id);
  assert.ok(error.message_id);
  assert.equal(error.receiver_id, question.from);
  assert.equal(error.routing_status, "error");
  assert.equal(error.text_payload, question.text);
  assert.ok(error.error_details);
  assert.equal(error.routing_status_message, error.error_details);
}

async function isToldWhyNot(system: System, { step, frontend }: Chat): Promise<void> {
  const refusal = async (fields: Partial<Message>, code: string) => {
    const question = { id: freshId("msg"), from: frontend.id, text: `will fail with ${code}` };
    frontend.say(question.text, { message_id: question.id, conversation_id: "conv_refusals", ...fields });
    const error = await frontend.answer(question.id, "ERROR");
    checkRefusal(error, question, code);
    assert.equal(error.conversation_id, "conv_refusals");
  };

  await step("with nobody online it is told so", () => refusal({}, "no_agent_available"));
  await step(
    "a receiver that nobody knows is not found",
    () => refusal({ receiver_id: freshId("agent") }, "not_found"),
  );
  await step(
    "a frontend that nobody knows is not found",
    () => refusal({ receiver_id: freshId("web") }, "not_found"),
  );
  await step("an agent that went away is offline, by default and when asked for", async () => {
    const id = freshId("agent");
    {
      await using _agent = await AgentPeer.join(system, { name: "Gone", id });
      await frontend.socket.presence(id, true);
    }
    await frontend.socket.presence(id, false);
    await untilRefused(frontend, id);
    await refusal({ receiver_id: id }, "agent_offline");
    await refusal({ receiver_id: id, if_offline: "error" }, "agent_offline");
    await refusal({ receiver_id: id, if_offline: "reroute" }, "no_agent_available");
  });
}

/** Asks an agent that has gone until the broker has heard so, too, which it does on a way of its own; what it took before waits. */
async function untilRefused(frontend: FrontendPeer, receiver_id: string): Promise<void> {
  const lastTry = Date.now() + DEADLINE_MS;
  let answer: Message;
  do {
    assert.ok(Date.now() < lastTry, `the broker never heard that ${receiver_id} has gone`);
    const id = frontend.say("are you gone?", { receiver_id });
    answer = await frontend.socket.frames.take(
      "what becomes of a question to who is gone",
      (frame) =>
        frame.in_reply_to_message_id === id || (frame.message_id === id && frame.routing_status === "routed"),
    );
  } while (answer.message_type !== "ERROR");
}

async function keepsToItself(system: System, { step, frontend }: Chat): Promise<void> {
  await step("nobody posts as another, and what is internal stays inside", async () => {
    const posing = {
      sender_id: "web_somebodyelse",
      _client_id: "web_somebodyelse",
      _connection_type: "agent",
    };
    const id = frontend.say("who am I?", posing);
    const frames = [await frontend.status(id, "delivered"), await frontend.answer(id)];
    assert.equal(frames[0]?.sender_id, frontend.id);
    assert.equal(frames[1]?.receiver_id, frontend.id);
    const internal = ["_client_id", "_server_id", "_connection_type", "_seq", "_last_agent_id", "_replay"];
    for (const frame of frontend.socket.frames.all) {
      assert.deepEqual(Object.keys(frame).filter((field) => internal.includes(field)), []);
    }
  });
  await step("a message without an id is given one, and a conversation", async () => {
    frontend.socket.send({ message_type: "TEXT", text_payload: "no id" });
    const pending = await frontend.socket.next("TEXT", (frame) => frame.text_payload === "no id");
    assert.match(pending.message_id ?? "", /^msg_[0-9a-z]{8,}$/);
    assert.match(pending.conversation_id ?? "", /^conv_[0-9a-z]{8,}$/);
    await frontend.answer(pending.message_id ?? "");
  });
  await step("a follow-up takes the conversation of what it answers", async () => {
    const first = await frontend.ask("first");
    const id = frontend.say("second", {
      in_reply_to_message_id: first.message_id,
      receiver_id: first.sender_id,
    });
    assert.equal((await frontend.status(id, "pending")).conversation_id, first.conversation_id);
    await frontend.answer(id);
  });
  await step("another frontend sees none of it", async () => {
    await using other = await FrontendPeer.join(system.ws, "Eve");
    await frontend.ask("a secret");
    await other.ask("anything?");
    const seen = other.socket.frames.all.filter(({ message_type }) => CHAT_TYPES.includes(message_type));
    assert.ok(seen.every((frame) => frame.receiver_id === other.id || frame.sender_id === other.id));
  });
}

async function isAnsweredByTheServer({ step, frontend }: Chat, agentId: string): Promise<void> {
  await step("REQUEST_AGENT_STATUS is answered in full, with every field of an agent", async () => {
    frontend.socket.frames.forget();
    frontend.socket.send({ message_type: "REQUEST_AGENT_STATUS" });
    const update = await frontend.socket.next(
      "AGENT_STATUS_UPDATE",
      (frame) => frame.is_full_update === true,
    );
    const agent = update.agents?.find(({ agent_id }) => agent_id === agentId);
    assert.deepEqual(AGENT_FIELDS.filter((field) => !(field in (agent ?? {}))), []);
    assert.equal(agent?.is_online, true);
    assert.equal(agent?.status, "idle");
  });
  await step("PING is answered by PONG", async () => {
    await frontend.socket.ask({ message_type: "PING" }, "PONG");
  });
  await step("SERVER_HEARTBEAT comes by itself", async () => {
    const heartbeat = await frontend.socket.next("SERVER_HEARTBEAT");
    assert.equal(heartbeat.sender_id, "server");
    assert.ok(!Number.isNaN(Date.parse(heartbeat.timestamp as string)));
  });
}

function checkNumbers(frontend: FrontendPeer): Promise<void> {
  const frames = frontend.socket.frames.all;
  const chat = frames.filter(({ message_type }) => CHAT_TYPES.includes(message_type));
  assert.ok(chat.every(({ seq }) => Number.isInteger(seq)), "each chat frame has a seq");
  const numbers = frames.flatMap(({ seq }) => seq === undefined ? [] : [seq]);
  assert.deepEqual(numbers, numbers.map((_, index) => (numbers[0] ?? 0) + index));
  return Promise.resolve();
}
