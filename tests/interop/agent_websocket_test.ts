// A stranger's agent that registers over WebSocket, with and without a queue of its own.

import assert from "node:assert/strict";
import { FrontendPeer } from "./frontend_peer.ts";
import { AT_ONCE_MS } from "./inbox.ts";
import { liveTest, type Step } from "./live.ts";
import { freshId, type Message, replyTo } from "./message.ts";
import { Queues } from "./queues.ts";
import { Socket } from "./socket.ts";
import type { System } from "./system.ts";

await liveTest({
  name: "a peer in TypeScript is an agent over WebSocket",
  broker: true,
  env: { AGENT_PING_INTERVAL: "1", AGENT_INACTIVITY_TIMEOUT: "10" },
  run: async (system, step) => {
    await using frontend = await FrontendPeer.join(system.ws, "Ada");
    await step(
      "it gets its questions over the socket and answers there",
      () => talksOverTheSocket(system, frontend),
    );
    await step(
      "with delivery queue it reads and writes the queues itself",
      () => talksOverQueues(system, frontend),
    );
    // Silence takes long to be silence, so the rest goes on meanwhile.
    await Promise.all([
      step("PING comes every interval, and PONG keeps it online", () => staysOnline(system)),
      step("without PONG it is shown offline, its socket open or not", () => fallsSilent(system)),
      comesBack(system, { step, frontend }),
    ]);
  },
});

/** Registers and answers `PING`, and `TEXT` unless `delivery` is `queue`. */
async function join(
  system: System,
  fields: Partial<Message> = {},
): Promise<{ socket: Socket; registration: Message }> {
  const socket = await Socket.open(system.ws, "agent");
  const register = { message_type: "REGISTER_AGENT", agent_name: "Stranger", ...fields };
  const registration = await socket.ask(register, "REGISTER_AGENT_RESPONSE");
  const agent_id = registration.agent_id as string;
  socket.frames.onItem = (frame) => {
    if (frame.message_type === "PING") socket.send({ message_type: "PONG", agent_id });
    if (frame.message_type === "TEXT") {
      socket.send(replyTo(frame, "agent_somebodyelse", "heard over the socket"));
    }
  };
  return { socket, registration };
}

async function talksOverTheSocket(system: System, frontend: FrontendPeer): Promise<void> {
  const { socket, registration } = await join(system);
  await using _socket = socket;
  const id = registration.agent_id as string;
  assert.equal(registration.status, "success");
  assert.match(id, /^agent_[0-9a-z]{8,}$/);
  assert.equal(registration.agent_name, "Stranger");
  assert.ok(registration.session_token);
  await frontend.socket.presence(id, true);

  const question = frontend.say("over the socket?");
  const arrived = await socket.next("TEXT");
  assert.equal(arrived.message_id, question);
  assert.equal(arrived.sender_id, frontend.id);
  await frontend.status(question, "delivered");
  const reply = await frontend.answer(question);
  assert.equal(reply.sender_id, id, "nobody posts as another");
  assert.equal(reply.text_payload, "heard over the socket");
}

async function talksOverQueues(system: System, frontend: FrontendPeer): Promise<void> {
  const agent_id = freshId("agent");
  const { socket, registration } = await join(system, {
    agent_id,
    delivery: "queue",
    capabilities: ["chat"],
  });
  await using _socket = socket;
  await using queues = await Queues.open(system.amqp);
  assert.equal(registration.agent_id, agent_id);
  await queues.read(
    `agent_queue_${agent_id}`,
    ({ message }) => queues.write("broker_input_queue", replyTo(message, agent_id, "heard over the queue")),
  );
  await frontend.socket.presence(agent_id, true);

  const reply = await frontend.ask("over the queue?", { receiver_id: agent_id });
  assert.equal(reply.text_payload, "heard over the queue");
  assert.ok(socket.frames.all.every(({ message_type }) => message_type !== "TEXT"));
}

async function staysOnline(system: System): Promise<void> {
  await using frontend = await FrontendPeer.join(system.ws, "Bob");
  const { socket, registration } = await join(system);
  await using _socket = socket;
  const id = registration.agent_id as string;
  await frontend.socket.presence(id, true);
  frontend.socket.frames.forget();
  for (let ping = 0; ping < 5; ping++) await socket.next("PING");
  frontend.socket.send({ message_type: "REQUEST_AGENT_STATUS" });
  const update = await frontend.socket.next("AGENT_STATUS_UPDATE", (frame) => frame.is_full_update === true);
  assert.equal(update.agents?.find(({ agent_id }) => agent_id === id)?.is_online, true);
  const offline = frontend.socket.frames.all.some((frame) =>
    frame.agents?.some(({ agent_id, is_online }) => agent_id === id && !is_online)
  );
  assert.equal(offline, false);
}

async function fallsSilent(system: System): Promise<void> {
  await using frontend = await FrontendPeer.join(system.ws, "Eve");
  const { socket, registration } = await join(system);
  await using _socket = socket;
  await frontend.socket.presence(registration.agent_id as string, true);
  socket.frames.onItem = () => {/* silent from here on */};
  await frontend.socket.presence(registration.agent_id as string, false);
}

async function comesBack(
  system: System,
  { step, frontend }: { step: Step; frontend: FrontendPeer },
): Promise<void> {
  const agent_id = freshId("agent");

  await step("a closed socket shows it offline at once", async () => {
    {
      await using _agent = (await join(system, { agent_id })).socket;
      await frontend.socket.presence(agent_id, true);
    }
    await frontend.socket.presence(agent_id, false, AT_ONCE_MS);
  });
  await step("what waited for it comes over its next socket", async () => {
    const question = frontend.say("while you were out", { receiver_id: agent_id, if_offline: "wait" });
    await frontend.status(question, "pending");
    await using _agent = (await join(system, { agent_id })).socket;
    await frontend.socket.presence(agent_id, true, AT_ONCE_MS);
    assert.equal((await frontend.answer(question)).sender_id, agent_id);
  });
  await step("an id whose socket is open is refused to another", async () => {
    await using _owner = (await join(system, { agent_id })).socket;
    await using thief = await Socket.open(system.ws, "thief");
    const error = await thief.ask({ message_type: "REGISTER_AGENT", agent_name: "Thief", agent_id }, "ERROR");
    assert.equal(error.code, "conflict");
  });
}
