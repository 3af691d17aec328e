// A stranger's agent in TypeScript: gRPC for presence, RabbitMQ for messages, and nothing of our code.

import assert from "node:assert/strict";
import { AgentPeer } from "./agent_peer.ts";
import { FrontendPeer } from "./frontend_peer.ts";
import { AT_ONCE_MS } from "./inbox.ts";
import { liveTest, type Step } from "./live.ts";
import { freshId, type Message, replyTo } from "./message.ts";
import type { System } from "./system.ts";

/** Answers by what is asked, so that each step can ask for the answer it means. */
function answers(question: Message, agentId: string): Message[] {
  const reply = replyTo(question, agentId, `heard: ${question.text_payload}`);
  switch (question.text_payload) {
    case "twice":
      return [reply, reply];
    case "to nobody":
      return [{ ...reply, receiver_id: undefined }];
    case "in lower case":
      return [{ ...reply, message_type: "reply" }];
    case "with more":
      return [{ ...reply, mood: { colour: "blue" }, asked_with: question.mood }];
    default:
      return [reply];
  }
}

await liveTest({
  name: "a peer in TypeScript answers over RabbitMQ",
  broker: true,
  run: async (system, step) => {
    await using frontend = await FrontendPeer.join(system.ws, "Ada");
    await using agent = await AgentPeer.join(system, { name: "Stranger", answer: answers });
    await registers(system, { step, agent, frontend });
    await chats({ step, agent, frontend });
    await copesWithOddities(system, { step, agent, frontend });
    await showsHowItIs({ step, agent, frontend });
  },
});

interface Chat {
  step: Step;
  agent: AgentPeer;
  frontend: FrontendPeer;
}

async function registers(system: System, { step, agent, frontend }: Chat): Promise<void> {
  await step("RegisterAgent gives an id, and frontends see the agent online", async () => {
    assert.equal(agent.registration.success, true);
    assert.match(agent.id, /^agent_[0-9a-z]{8,}$/);
    const { agents } = await frontend.socket.presence(agent.id, true);
    assert.equal(agents?.find(({ agent_id }) => agent_id === agent.id)?.agent_name, "Stranger");
  });
  await step("SendHeartbeat tells the seconds to the next one", async () => {
    assert.ok(await agent.heartbeat("active") > 0);
  });
  await step("plain durable declarations match, and make the virtual host's own kind of queue", async () => {
    const queues = [
      "broker_input_queue",
      "server_input_queue",
      "broker_output_queue",
      "agent_metadata_queue",
    ];
    queues.push("server_advertisement_queue", "dead_letter_queue", `agent_queue_${agent.id}`);
    for (const queue of queues) await agent.queues.declare(queue);
    const types = await system.virtualHost.queueTypes();
    for (const queue of queues) assert.equal(types.get(queue), system.virtualHost.queueType, queue);
  });
}

async function chats({ step, agent, frontend }: Chat): Promise<void> {
  await step("a question comes back pending, routed and delivered, and then its answer", async () => {
    const id = frontend.say("hello");
    const pending = await frontend.status(id, "pending");
    const routed = await frontend.status(id, "routed");
    const delivered = await frontend.status(id, "delivered");
    const reply = await frontend.answer(id);
    assert.equal(routed.receiver_id, agent.id);
    assert.equal(reply.text_payload, "heard: hello");
    assert.equal(reply.sender_id, agent.id);
    assert.ok(pending.conversation_id);
    assert.equal(reply.conversation_id, pending.conversation_id);
    const order = [pending, routed, delivered, reply].map(({ seq }) => seq as number);
    assert.deepEqual(order, order.toSorted((a, b) => a - b));
  });
  await step("the agent gets the question as the protocol describes it, stored durably", async () => {
    const { message, persistent } = await agent.asked(frontend.say("what do you see?", { priority: 2 }));
    assert.equal(persistent, true);
    assert.equal(message.message_type, "TEXT");
    assert.equal(message.sender_id, frontend.id);
    assert.equal(message.receiver_id, agent.id);
    assert.equal(message.text_payload, "what do you see?");
    assert.equal(message.priority, 2);
    assert.equal(typeof message._seq, "number");
  });
  await step("fields that the protocol does not name travel there and back", async () => {
    const reply = await frontend.ask("with more", { mood: "curious" });
    assert.deepEqual(reply.mood, { colour: "blue" });
    assert.equal(reply.asked_with, "curious");
  });
  await step("forty questions of one conversation arrive in the order they were asked", async () => {
    const conversation_id = freshId("conv");
    const ids = Array.from({ length: 40 }, (_, n) => frontend.say(`question ${n}`, { conversation_id }));
    for (const id of ids) await frontend.answer(id);
    const arrived = agent.received.all.map(({ message }) => message.message_id as string);
    assert.deepEqual(arrived.filter((id) => ids.includes(id)), ids);
  });
}

async function copesWithOddities(system: System, { step, agent, frontend }: Chat): Promise<void> {
  await step("an answer without receiver_id goes to who asked", async () => {
    assert.equal((await frontend.ask("to nobody")).text_payload, "heard: to nobody");
  });
  await step("types in lower case are read", async () => {
    const id = frontend.say("in lower case", { message_type: "text" });
    const isAnswer = (frame: Message) =>
      frame.in_reply_to_message_id === id && frame.message_type !== "ERROR";
    const reply = await frontend.socket.frames.take(`answer to ${id}`, isAnswer);
    assert.equal(reply.text_payload, "heard: in lower case");
  });
  await step("an answer that was sent twice arrives once", async () => {
    const id = frontend.say("twice");
    await frontend.answer(id);
    await frontend.ask("and now?");
    const answers = frontend.socket.frames.all.filter((frame) => frame.in_reply_to_message_id === id);
    assert.equal(answers.length, 1);
  });
  await step("a body that is not JSON never comes back and stops nothing", async () => {
    await agent.queues.writeRaw("broker_input_queue", "not { json");
    assert.equal((await frontend.ask("still there?")).text_payload, "heard: still there?");
    const { messages, readers } = await agent.queues.look("broker_input_queue");
    assert.equal(messages, 0);
    assert.ok(readers > 0);
  });
  await step("a message of a type that nobody knows stops nothing", async () => {
    const message_id = freshId("msg");
    await agent.queues.write("broker_input_queue", {
      message_type: "RIDDLE",
      message_id,
      sender_id: agent.id,
    });
    assert.equal((await frontend.ask("and now?")).text_payload, "heard: and now?");
  });
  await step("an answer to a frontend that does not exist ends in an ERROR to the agent", async () => {
    const lost: Message = { message_type: "TEXT", message_id: freshId("msg"), receiver_id: freshId("web") };
    await agent.queues.write("broker_input_queue", { ...lost, sender_id: agent.id, text_payload: "anyone?" });
    const isError = ({ message }: { message: Message }) => message.in_reply_to_message_id === lost.message_id;
    const { message } = await agent.received.take("ERROR", isError);
    assert.equal(message.message_type, "ERROR");
    assert.equal(message.code, "not_found");
    assert.equal(message.text_payload, "anyone?");
  });
  await step("questions over HTTP are answered too", async () => {
    const response = await fetch(`${system.http}/api/messages?wait=20`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ message_type: "TEXT", text_payload: "over HTTP" }),
    });
    const reply = await response.json();
    assert.equal(response.status, 200, JSON.stringify(reply));
    assert.equal(reply.text_payload, "heard: over HTTP");
  });
}

async function showsHowItIs({ step, agent, frontend }: Chat): Promise<void> {
  const cases = [
    { sent: "busy", shown: "busy", doing: "thinking" },
    { sent: "error", shown: "error", doing: "out of paper" },
    { sent: "active", shown: "idle", doing: "waiting" },
  ];
  for (const { sent, shown, doing } of cases) {
    await step(`a heartbeat of ${sent} is shown as ${shown}, and internal_state as status_text`, async () => {
      await agent.heartbeat(sent, { internal_state: doing });
      const isThat = (frame: Message) =>
        frame.agents?.some(({ agent_id, status, status_text }) =>
          agent_id === agent.id && status === shown && status_text === doing
        ) ?? false;
      await frontend.socket.next("AGENT_STATUS_UPDATE", isThat);
    });
  }
  await step("UnregisterAgent ends its presence", async () => {
    frontend.socket.frames.forget();
    const { success } = await agent.grpc.call<{ success: boolean }>("UnregisterAgent", {
      agent_id: agent.id,
    });
    assert.equal(success, true);
    await frontend.socket.presence(agent.id, false, AT_ONCE_MS);
  });
}
