import assert from "node:assert/strict";
import type { MessageBus } from "../../shared/bus/bus.ts";
import { openBus } from "../../shared/bus/open.ts";
import { withRetry } from "../../shared/bus/retry.ts";
import { ParleyError } from "../../shared/error.ts";
import type { Message } from "../../shared/model/message.ts";
import { serverPrincipal } from "../../shared/model/principal.ts";
import { openStore } from "../../shared/store/open.ts";
import type { Store } from "../../shared/store/store.ts";
import type { Frame } from "../testing/client.ts";
import { Hub } from "../testing/hub.ts";

const TEXT = { message_type: "TEXT", text_payload: "hello" };

Deno.test("a question comes back pending, routed and delivered, and then its answer", async () => {
  await using hub = await Hub.open();
  await using agent = await hub.agent();
  await using ada = await hub.frontend();
  ada.send({ ...TEXT, message_id: "msg_question1" });
  const pending = await ada.status("msg_question1", "pending");
  assert.equal(pending.sender_id, ada.registration.frontend_id);
  assert.match(String(pending.conversation_id), /^conv_/);
  assert.equal((await ada.status("msg_question1", "routed")).receiver_id, agent.registration.agent_id);
  await ada.status("msg_question1", "delivered");
  const reply = await ada.answer("msg_question1");
  assert.equal(reply.text_payload, "heard: hello");
  assert.equal(reply.sender_id, agent.registration.agent_id);
  const chat = ada.frames.filter((frame) => frame.seq !== undefined);
  assert.deepEqual(chat.map(({ routing_status }) => routing_status), [
    "pending",
    "routed",
    "delivered",
    "delivered",
  ]);
  assert.deepEqual(chat.map(({ seq }) => seq), [1, 2, 3, 4]);
  assert.ok(chat.every((frame) => Object.keys(frame).every((name) => !name.startsWith("_"))));
});

Deno.test("an agent that answers before the bus has confirmed its question is answered for, in order, and kept", async () => {
  await using memory = withRetry(await openBus("sqlite::memory:"), { firstDelayMs: 1 });
  const confirmed = Promise.withResolvers<void>();
  const slow: MessageBus = Object.create(memory, {
    publish: {
      async value(...args: Parameters<MessageBus["publish"]>) {
        await memory.publish(...args);
        if (args[0].startsWith("agent_queue_")) await confirmed.promise;
      },
    },
    [Symbol.asyncDispose]: { value: () => Promise.resolve() },
  });
  await using hub = await Hub.open({ bus: slow });
  await using _agent = await hub.agent();
  await using ada = await hub.frontend();
  ada.send({ ...TEXT, message_id: "msg_quick1" });
  const { message_id } = await ada.answer("msg_quick1");
  const kept = await hub.store.conversations.get(serverPrincipal("server_1"), message_id);
  assert.equal(kept?.message.in_reply_to_message_id, "msg_quick1");
  confirmed.resolve();
  const statuses = ada.frames.filter((frame) => frame.seq !== undefined).map((frame) =>
    `${frame.message_type} ${frame.routing_status}`
  );
  assert.deepEqual(statuses, ["TEXT pending", "TEXT routed", "TEXT delivered", "REPLY delivered"]);
});

Deno.test("messages of one conversation reach the agent in their order, however the broker shuffles them", async () => {
  await using hub = await Hub.open();
  await using agent = await hub.listener();
  const { heard } = agent;
  await using ada = await hub.frontend();
  const all = Array.from({ length: 10 }, (_, index) => `msg_number${index}`);
  const held: Message[] = [];
  const shuffled = Promise.withResolvers<void>();
  hub.route = (message) => {
    if (message.message_type !== "TEXT") return message;
    held.push({ ...message, receiver_id: hub.chosen, routing_status: "routed" });
    // All at once: the server waits for an earlier message only so long.
    if (held.length === all.length) {
      Promise.all(held.reverse().map((one) => hub.publish(one))).then(
        () => shuffled.resolve(),
        shuffled.reject,
      );
    }
    return undefined;
  };
  for (const id of all) {
    ada.send({ ...TEXT, message_id: id, conversation_id: "conv_order", text_payload: id });
  }
  await shuffled.promise;
  for (const id of all) await ada.answer(id);
  assert.deepEqual(heard, all);
});

Deno.test("a message waits for an agent that is away, and goes on in order when it is back", async () => {
  await using hub = await Hub.open();
  await using ada = await hub.frontend();
  {
    await using _gone = await hub.agent({ agent_id: "agent_wanderer" });
  }
  await ada.next((frame) => showsOffline(frame, "agent_wanderer"));
  const all = ["msg_first1", "msg_second", "msg_third1"];
  for (const id of all) ada.send({ ...TEXT, message_id: id, text_payload: id, conversation_id: "conv_wait" });
  for (const id of all) {
    assert.match(String((await ada.status(id, "routed")).routing_status_message), /is away/);
  }
  await using agent = await hub.listener({ agent_id: "agent_wanderer" });
  const { heard } = agent;
  for (const id of all) await ada.status(id, "delivered");
  for (const id of all) await ada.answer(id);
  assert.deepEqual(heard, all);
});

Deno.test("a message that may be rerouted goes to another agent when its own has just gone", async () => {
  await using hub = await Hub.open();
  await using ada = await hub.frontend();
  {
    await using _gone = await hub.agent({ agent_id: "agent_quitter" });
  }
  await ada.next((frame) => showsOffline(frame, "agent_quitter"));
  await using other = await hub.agent({ agent_id: "agent_stayer" });
  const route = hub.route;
  hub.route = (message) =>
    route(
      message.message_type === "TEXT" && !message.attempt
        ? { ...message, receiver_id: "agent_quitter" }
        : message,
    );
  ada.send({ ...TEXT, message_id: "msg_moves1", if_offline: "reroute" });
  assert.equal((await ada.answer("msg_moves1")).sender_id, other.registration.agent_id);
  assert.equal((await ada.status("msg_moves1", "routed")).receiver_id, "agent_stayer");
});

function showsOffline(frame: Frame, agentId: string): boolean {
  const agents = (frame.agents ?? []) as { agent_id: string; is_online: boolean }[];
  return agents.some((agent) => agent.agent_id === agentId && !agent.is_online);
}

Deno.test("what waited, was on its way or was answered meanwhile survives a restart of the server", async () => {
  await using bus = withRetry(await openBus("sqlite::memory:"), { firstDelayMs: 1 });
  await using store = await openStore("sqlite::memory:");
  const before = await leaveBehind({ bus, store });
  await using hub = await Hub.open({ bus, store });
  await using ada = await hub.frontend({ session_token: before.token, last_seq: before.lastSeq });
  assert.equal(ada.registration.resumed, true);
  assert.equal(ada.registration.gap, undefined);
  assert.equal(ada.registration.frontend_id, before.frontendId);
  await using _agent = await hub.agent({ agent_id: "agent_patient" });
  await ada.answer("msg_waits1");
  await ada.answer("msg_stuck1");
  const seqs = ada.frames.filter(({ seq }) => seq !== undefined).map(({ seq }) => seq);
  assert.deepEqual(seqs, seqs.map((_, index) => before.lastSeq + 1 + index));
});

/** Leaves one message waiting for its agent, and one that the broker has not read. */
async function leaveBehind(opened: { bus: MessageBus; store: Store }) {
  await using hub = await Hub.open({ ...opened, hasBroker: false });
  {
    await using _agent = await hub.agent({ agent_id: "agent_patient" });
  }
  await using ada = await hub.frontend();
  ada.send({ ...TEXT, message_id: "msg_waits1", receiver_id: "agent_patient" });
  await ada.status("msg_waits1", "pending");
  await hub.passOne();
  await ada.status("msg_waits1", "routed");
  ada.send({ ...TEXT, message_id: "msg_stuck1", receiver_id: "agent_patient" });
  const { seq: lastSeq } = await ada.status("msg_stuck1", "pending");
  const { session_token: token, frontend_id: frontendId } = ada.registration;
  return { token, frontendId, lastSeq };
}

Deno.test("a message is kept while the bus is away, and sent on when it is there", async () => {
  await using bus = withRetry(await openBus("sqlite::memory:"), { firstDelayMs: 1 });
  let isAway = true;
  const flaky = Object.create(bus, {
    publish: {
      value: (...args: Parameters<MessageBus["publish"]>) =>
        isAway && args[0] === "broker_input_queue"
          ? Promise.reject(new ParleyError("unavailable", "The bus is away."))
          : bus.publish(...args),
    },
    [Symbol.asyncDispose]: { value: () => Promise.resolve() },
  });
  await using hub = await Hub.open({ bus: flaky });
  await using _agent = await hub.agent();
  await using ada = await hub.frontend();
  ada.send({ ...TEXT, message_id: "msg_patient" });
  assert.match(String((await ada.status("msg_patient", "pending")).routing_status_message), /is kept/);
  isAway = false;
  await ada.answer("msg_patient");
});

Deno.test("a message sent twice is answered once, and shown again as it stands", async () => {
  await using hub = await Hub.open();
  await using agent = await hub.listener();
  const { heard } = agent;
  await using ada = await hub.frontend();
  ada.send({ ...TEXT, message_id: "msg_again1" });
  await ada.answer("msg_again1");
  await ada.status("msg_again1", "delivered");
  ada.send({ ...TEXT, message_id: "msg_again1" });
  await ada.status("msg_again1", "delivered");
  assert.equal(heard.length, 1);
});

Deno.test("what fails is told to who sent it, with the original text", async (t) => {
  await using hub = await Hub.open();
  await using ada = await hub.frontend();
  await using _agent = await hub.agent({}, () => undefined);

  await t.step("a receiver that nobody knows", async () => {
    ada.send({ ...TEXT, message_id: "msg_lost01", receiver_id: "agent_nobody" });
    const error = await ada.answer("msg_lost01", "ERROR");
    assert.deepEqual([error.code, error.text_payload, error.routing_status], ["not_found", "hello", "error"]);
    assert.equal(error.receiver_id, ada.registration.frontend_id);
    assert.equal(error.error_details, error.routing_status_message);
  });
  await t.step("a dead letter", async () => {
    ada.send({ ...TEXT, message_id: "msg_poison" });
    const given = await ada.status("msg_poison", "delivered");
    const dead = { ...given, code: "internal", error_details: "Given up.", _origin_queue: "agent_queue_a" };
    await hub.publish(dead, "dead_letter_queue");
    assert.equal((await ada.answer("msg_poison", "ERROR")).error_details, "Given up.");
    const { items } = await hub.store.deadLetters.list(serverPrincipal("server_test"), { limit: 10 });
    assert.equal(items[0]?.queue, "agent_queue_a");
  });
  // Writes are kept in their order, so that after this one the earlier ones are there.
  await t.step("the conversation shows it too", async () => {
    await hub.store.conversations.change(serverPrincipal("server_test"), "msg_nobody", { state: "error" });
    const stored = await hub.store.conversations.get(serverPrincipal("server_test"), "msg_poison");
    assert.equal(stored?.state, "error");
    assert.equal(stored?.message.routing_status, "error");
  });
});

Deno.test("a reply is shown while it is written, to who asked and in order, and no piece after it", async () => {
  await using hub = await Hub.open();
  await using agent = await hub.agent({}, () => undefined);
  await using ada = await hub.frontend();
  await using eve = await hub.frontend();
  ada.send({ ...TEXT, message_id: "msg_stream" });
  await ada.status("msg_stream", "delivered");
  const piece = (sequence: number, text_payload: string, attempt = 1) =>
    agent.send({
      message_type: "REPLY_CHUNK",
      message_id: "msg_reply1",
      in_reply_to_message_id: "msg_stream",
      sequence,
      attempt,
      text_payload,
    });
  piece(0, "a");
  piece(2, "c");
  piece(1, "late");
  piece(0, "A", 2);
  piece(3, "old attempt");
  await ada.next((frame) => frame.text_payload === "A");
  agent.send({
    message_type: "REPLY",
    message_id: "msg_reply1",
    in_reply_to_message_id: "msg_stream",
    text_payload: "Abc",
  });
  await ada.answer("msg_stream");
  piece(1, "after", 2);
  await agent.ask({ message_type: "PING" }, "PONG");
  const pieces = ada.frames.filter(({ message_type }) => message_type === "REPLY_CHUNK");
  assert.deepEqual(pieces.map(({ text_payload }) => text_payload), ["a", "c", "A"]);
  assert.equal(eve.frames.some(({ message_type }) => message_type === "REPLY_CHUNK"), false);
});

Deno.test("agents talk with each other, and a message without an id is given one", async () => {
  await using hub = await Hub.open();
  await using one = await hub.agent({ agent_id: "agent_one" }, () => undefined);
  await using two = await hub.agent({ agent_id: "agent_two" }, () => undefined);
  one.send({ ...TEXT, receiver_id: "agent_two", text_payload: "psst" });
  const asked = await two.type("TEXT");
  assert.equal(asked.sender_id, "agent_one");
  two.send({ message_type: "REPLY", in_reply_to_message_id: asked.message_id, text_payload: "yes?" });
  assert.equal((await one.type("REPLY")).sender_id, "agent_two");
});
