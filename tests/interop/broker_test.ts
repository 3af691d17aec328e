// A stranger stands in for the broker, in each of the three forms that the protocol supports.

import assert from "node:assert/strict";
import { AgentPeer } from "./agent_peer.ts";
import { BrokerPeer } from "./broker_peer.ts";
import { FrontendPeer } from "./frontend_peer.ts";
import { GrpcPeer } from "./grpc_peer.ts";
import { AT_ONCE_MS, Inbox } from "./inbox.ts";
import { liveTest } from "./live.ts";
import { freshId, type Message, shows, type StatusUpdate } from "./message.ts";
import type { QueueMessage } from "./queues.ts";
import { Socket } from "./socket.ts";

await liveTest({
  name: "a peer in TypeScript stands in for the broker over gRPC",
  broker: false,
  run: async (system, step) => {
    await using frontend = await FrontendPeer.join(system.ws, "Ada");
    await using broker = await BrokerPeer.open({ amqp: system.amqp, outbox: "server_input_queue" });
    using grpc = new GrpcPeer(system.grpc);
    const broker_id = freshId("broker");

    await step("RegisterBroker takes it", async () => {
      const request = { broker_id, broker_name: "Stand-in" };
      const { success } = await grpc.call<{ success: boolean }>("RegisterBroker", request);
      assert.equal(success, true);
    });
    await using status = grpc.stream<StatusUpdate>("SubscribeToAgentStatus", { broker_id });
    status.items.onItem = (update) => broker.learn(update);
    await step("the status stream starts with all agents", async () => {
      const first = await status.items.take("first update", () => true);
      assert.equal(first.is_full_update, true);
      assert.deepEqual(first.agents ?? [], []);
    });
    await using agent = await AgentPeer.join(system, { name: "Stranger" });
    await step("the status stream tells that an agent came", async () => {
      const update = await status.items.take("agent online", (update) => shows(update, agent.id, true));
      assert.equal(update.agents?.find(({ agent_id }) => agent_id === agent.id)?.agent_name, "Stranger");
    });
    await step("GetAgentStatus tells all at once", async () => {
      const update = await grpc.call<StatusUpdate>("GetAgentStatus", { broker_id });
      assert.equal(update.is_full_update, true);
      assert.ok(shows(update, agent.id, true));
    });
    await step("a question goes through it and back", () => isAnswered(frontend, agent));
    await step("the question that it read says who asked, and leaves the choice to it", async () => {
      const question = await broker.received.take(
        "the question",
        ({ text_payload }) => text_payload === "hello",
      );
      assert.equal(question.message_type, "TEXT");
      assert.equal(question.sender_id, frontend.id);
      assert.ok(!question.receiver_id);
      assert.ok(question.conversation_id);
    });
    await step("the status stream tells at once that an agent went", async () => {
      await agent[Symbol.asyncDispose]();
      await status.items.take("agent offline", (update) => shows(update, agent.id, false), AT_ONCE_MS);
    });
    await step("its own ERROR reaches who asked", () => isRefused(frontend));
  },
});

await liveTest({
  name: "a peer in TypeScript stands in for the broker, registered over WebSocket with gRPC for status",
  broker: false,
  run: async (system, step) => {
    await using frontend = await FrontendPeer.join(system.ws, "Ada");
    await using agent = await AgentPeer.join(system, { name: "Stranger" });
    const rewrite = ({ _seq, ...rest }: Message): Message => rest;
    await using broker = await BrokerPeer.open({ amqp: system.amqp, outbox: "server_input_queue", rewrite });
    await using socket = await Socket.open(system.ws, "broker");
    socket.frames.onItem = (frame) => keepAlive(socket, frame);
    const register = { message_type: "REGISTER_BROKER", broker_name: "Stand-in" };
    const registration = await socket.ask(register, "REGISTER_BROKER_RESPONSE");

    await step("REGISTER_BROKER hands out an id and the gRPC address", () => {
      assert.equal(registration.status, "success");
      assert.match(registration.broker_id as string, /^broker_[0-9a-z]{8,}$/);
      assert.equal(registration.grpc_host, "127.0.0.1");
      assert.equal(registration.grpc_port, String(system.ports.grpc));
      assert.equal(registration.use_grpc_for_agent_status, true);
      return Promise.resolve();
    });
    await step("all agents follow on the socket", async () => {
      const update = await socket.presence(agent.id, true);
      assert.equal(update.is_full_update, true);
    });
    using grpc = new GrpcPeer(`${registration.grpc_host}:${registration.grpc_port}`);
    const request = { broker_id: registration.broker_id };
    await using status = grpc.stream<StatusUpdate>("SubscribeToAgentStatus", request);
    status.items.onItem = (update) => broker.learn(update);
    await step("a question goes through it and back, though it drops _seq", async () => {
      await status.items.take("agent online", (update) => shows(update, agent.id, true));
      await isAnswered(frontend, agent);
    });
    await step("SERVER_HEARTBEAT comes, PONG answers, and the socket stays", async () => {
      await socket.next("SERVER_HEARTBEAT");
      await socket.ask({ message_type: "PING" }, "PONG");
    });
  },
});

await liveTest({
  name: "a peer in TypeScript stands in for the broker of the earlier form",
  broker: false,
  run: async (system, step) => {
    await using frontend = await FrontendPeer.join(system.ws, "Ada");
    await using broker = await BrokerPeer.open({ amqp: system.amqp, outbox: "broker_output_queue" });
    const advertisements = new Inbox<QueueMessage>("server_advertisement_queue");
    await broker.queues.read("server_advertisement_queue", (received) => advertisements.push(received));
    await using socket = await Socket.open(system.ws, "broker");
    socket.frames.onItem = (frame) => {
      keepAlive(socket, frame);
      if (frame.message_type === "AGENT_STATUS_UPDATE") broker.learn(frame);
    };

    await step("SERVER_AVAILABLE waits for it, for 30 s", async () => {
      const { message, expiration } = await advertisements.take("an advertisement", () => true);
      assert.equal(message.message_type, "SERVER_AVAILABLE");
      assert.equal(expiration, "30000");
      assert.equal(`ws://${message.host}:${message.port}/ws`, system.ws.replace("127.0.0.1", "localhost"));
      assert.deepEqual([message.grpc_host, message.grpc_port], ["127.0.0.1", system.ports.grpc]);
    });
    await step("it keeps the id that it brings", async () => {
      const broker_id = freshId("broker");
      const register = { message_type: "REGISTER_BROKER", broker_name: "Elder", broker_id };
      assert.equal((await socket.ask(register, "REGISTER_BROKER_RESPONSE")).broker_id, broker_id);
      assert.equal((await socket.next("AGENT_STATUS_UPDATE")).is_full_update, true);
    });
    await step(
      "with nobody online its own ERROR reaches who asked, by broker_output_queue",
      () => isRefused(frontend),
    );
    await using agent = await AgentPeer.join(system, { name: "Stranger" });
    await step("the socket tells what changed", async () => {
      assert.equal((await socket.presence(agent.id, true)).is_full_update, false);
    });
    await step(
      "a question goes through it and back, by broker_output_queue",
      () => isAnswered(frontend, agent),
    );
    await step("what it writes to agent_metadata_queue is read", async () => {
      await broker.queues.declare("agent_metadata_queue");
      const elder = { broker_id: freshId("broker"), broker_name: "Elder" };
      await broker.queues.write("agent_metadata_queue", { message_type: "REGISTER_BROKER", ...elder });
      const gone = { message_type: "CLIENT_DISCONNECTED", client_id: freshId("web") };
      await broker.queues.write("agent_metadata_queue", gone);
      await isAnswered(frontend, agent);
      const { messages, readers } = await broker.queues.look("agent_metadata_queue");
      assert.equal(messages, 0);
      assert.ok(readers > 0);
    });
  },
});

function keepAlive(socket: Socket, frame: Message): void {
  if (["PING", "SERVER_HEARTBEAT"].includes(frame.message_type)) socket.send({ message_type: "PONG" });
}

/** Checks that a question comes back pending, routed to `agent` and delivered, and then its answer. */
async function isAnswered(frontend: FrontendPeer, agent: AgentPeer): Promise<void> {
  const id = frontend.say("hello");
  await frontend.status(id, "pending");
  assert.equal((await frontend.status(id, "routed")).receiver_id, agent.id);
  await frontend.status(id, "delivered");
  const reply = await frontend.answer(id);
  assert.equal(reply.sender_id, agent.id);
  assert.equal(reply.text_payload, "heard: hello");
}

/** Checks that a question, with nobody online, comes back as the stand-in's ERROR. */
async function isRefused(frontend: FrontendPeer): Promise<void> {
  const error = await frontend.ask("anybody?", {}, "ERROR");
  assert.equal(error.code, "no_agent_available");
  assert.equal(error.text_payload, "anybody?");
  assert.equal(error.routing_status, "error");
  assert.equal(error.error_details, "no agent is online");
}
