/** Resetting all queues, and bringing dead letters back, over both edges. */
import assert from "node:assert/strict";
import type { MessageBus } from "../../shared/bus/bus.ts";
import { openBus } from "../../shared/bus/open.ts";
import { withRetry } from "../../shared/bus/retry.ts";
import { ParleyError } from "../../shared/error.ts";
import { serverPrincipal } from "../../shared/model/principal.ts";
import type { Message } from "../../shared/model/message.ts";
import { agentQueue, BROKER_INPUT_QUEUE, BROKER_OUTPUT_QUEUE } from "../../shared/model/queue.ts";
import type { DeadLetter } from "../../shared/model/dead_letter.ts";
import type { Client } from "../testing/client.ts";
import { Hub } from "../testing/hub.ts";

const server = serverPrincipal("server_test");
const TEXT = { message_type: "TEXT", text_payload: "hello" };

async function call(hub: Hub, method: string, path: string) {
  const response = await fetch(`${hub.http}${path}`, { method });
  const text = await response.text();
  return { status: response.status, ...(text ? JSON.parse(text) : {}) };
}

async function letters(hub: Hub): Promise<DeadLetter[]> {
  return (await call(hub, "GET", "/api/dead-letters")).items;
}

/** Registers an agent that is away, so that its queue has no reader. */
async function awayAgent(hub: Hub, ada: Client, agent_id: string): Promise<void> {
  {
    await using _gone = await hub.agent({ agent_id });
  }
  await ada.next(({ agents }) =>
    ((agents ?? []) as { agent_id: string; is_online: boolean }[])
      .some((agent) => agent.agent_id === agent_id && !agent.is_online)
  );
}

Deno.test("RESET_ALL_QUEUES puts aside what stands and what waits, tells who asked, and it can be brought back", async () => {
  await using hub = await Hub.open({ hasBroker: false });
  await using ada = await hub.frontend();
  await leaveWaiting(hub, ada);
  const answer = await ada.ask({ message_type: "RESET_ALL_QUEUES", request_id: "r1" }, "RESET_ALL_QUEUES");
  assert.deepEqual([answer.status, answer.request_id, answer.messages], ["success", "r1", 3]);
  assert.deepEqual(answer.queues, { agent_queue_agent_1: 2, broker_input_queue: 1 });
  assert.match(answer.text_payload, /^3 messages .*: 2 of agent_queue_agent_1, 1 of broker_input_queue\.$/);
  const by = new RegExp(`Put aside by ${ada.registration.frontend_id}`);
  for (const id of THREE) {
    const { code, routing_status, error_details } = await ada.answer(id, "ERROR");
    assert.deepEqual([code, routing_status], ["cancelled", "error"]);
    assert.match(String(error_details), by);
  }
  assert.deepEqual(await standing(hub, "msg_waits"), ["error", "cancelled"]);
  const found = await letters(hub);
  assert.ok(found.every(({ code, reason }) => code === "cancelled" && by.test(reason)));
  assert.deepEqual(
    found.map(({ queue, body }) => `${JSON.parse(body).message_id} ${queue}`).sort(),
    [
      "msg_at_brokers broker_input_queue",
      "msg_at_agent agent_queue_agent_1",
      "msg_waits agent_queue_agent_1",
    ].sort(),
  );
  const { messages, message } = await call(hub, "POST", "/api/queues/reset");
  assert.deepEqual([messages, message], [0, "The queues were empty."]);

  await using _agent = await hub.agent({ agent_id: "agent_1" });
  for (const { id } of found) {
    assert.equal((await call(hub, "POST", `/api/dead-letters/${id}/replay`)).status, 200);
  }
  assert.deepEqual(await letters(hub), []);
  // One question, three answers.
  for (let passed = 0; passed < 4; passed++) await hub.passOne();
  for (const id of THREE) assert.equal((await ada.answer(id)).text_payload, "heard: hello");
  assert.deepEqual(await standing(hub, "msg_waits"), ["delivered", undefined]);
});

const THREE = ["msg_at_agent", "msg_at_brokers", "msg_waits"];

/** Leaves one question with the brokers, one in the queue of an agent that is away, and one waiting for it. */
async function leaveWaiting(hub: Hub, ada: Awaited<ReturnType<Hub["frontend"]>>): Promise<void> {
  await awayAgent(hub, ada, "agent_1");
  ada.send({ ...TEXT, message_id: "msg_waits", receiver_id: "agent_1", if_offline: "wait" });
  await hub.passOne();
  await ada.status("msg_waits", "routed");
  const sender_id = ada.registration.frontend_id;
  const asked = { ...TEXT, message_id: "msg_at_agent", conversation_id: "conv_1", receiver_id: "agent_1" };
  await hub.publish({ ...asked, sender_id }, agentQueue("agent_1"));
  ada.send({ ...TEXT, message_id: "msg_at_brokers", receiver_id: "agent_1" });
  await ada.status("msg_at_brokers", "pending");
}

async function standing(hub: Hub, messageId: string) {
  const kept = await hub.store.conversations.get(server, messageId);
  return [kept?.state, kept?.message.code];
}

Deno.test("a message that is brought back to a paused or absent agent waits for it", async () => {
  await using hub = await Hub.open({ hasBroker: false });
  await using ada = await hub.frontend();
  await leaveWaiting(hub, ada);
  await call(hub, "POST", "/api/queues/reset");
  await ada.answer("msg_waits", "ERROR");
  await call(hub, "POST", "/api/agents/agent_1/pause");
  const { status, message_id, queue } = await call(hub, "POST", "/api/dead-letters/msg_waits/replay");
  assert.deepEqual([status, message_id, queue], [200, "msg_waits", "server_input_queue"]);
  const shown = await ada.status("msg_waits", "routed");
  assert.match(String(shown.routing_status_message), /is paused/);
  assert.deepEqual(await standing(hub, "msg_waits"), ["waiting", undefined]);
});

Deno.test("a reset that fails in the middle has lost nothing", async () => {
  await using memory = withRetry(await openBus("sqlite::memory:"), { firstDelayMs: 1 });
  const failing = { is: false };
  const bus: MessageBus = Object.create(memory, {
    pull: {
      async value(...args: Parameters<MessageBus["pull"]>) {
        const deliveries = await memory.pull(...args);
        const settle = () => Promise.reject(new ParleyError("unavailable", "The bus is away."));
        return failing.is ? deliveries.map((each) => ({ ...each, settle })) : deliveries;
      },
    },
    [Symbol.asyncDispose]: { value: () => Promise.resolve() },
  });
  await using hub = await Hub.open({ bus, hasBroker: false });
  await using ada = await hub.frontend();
  ada.send({ ...TEXT, message_id: "msg_1" });
  await ada.status("msg_1", "pending");
  failing.is = true;
  const answer = await ada.ask({ message_type: "RESET_ALL_QUEUES" }, "RESET_ALL_QUEUES");
  assert.deepEqual([answer.status, answer.code], ["error", "unavailable"]);
  assert.equal((await ada.answer("msg_1", "ERROR")).code, "cancelled");
  assert.deepEqual((await letters(hub)).map(({ queue }) => queue), [BROKER_INPUT_QUEUE]);
});

Deno.test("what stands in the brokers' answers is put aside too, and one message is one", async () => {
  await using memory = withRetry(await openBus("sqlite::memory:"), { firstDelayMs: 1 });
  const nobody = { closed: Promise.resolve(), [Symbol.asyncDispose]: () => Promise.resolve() };
  const bus: MessageBus = Object.create(memory, {
    consume: {
      value: (...args: Parameters<MessageBus["consume"]>) =>
        args[0] === BROKER_OUTPUT_QUEUE ? Promise.resolve(nobody) : memory.consume(...args),
    },
    [Symbol.asyncDispose]: { value: () => Promise.resolve() },
  });
  await using hub = await Hub.open({ bus, hasBroker: false });
  await hub.publish({ ...TEXT, message_id: "msg_1" }, BROKER_OUTPUT_QUEUE);
  const { queues, message } = await call(hub, "POST", "/api/queues/reset");
  assert.deepEqual(queues, { broker_output_queue: 1 });
  assert.equal(message, "1 message was put into the dead letters: 1 of broker_output_queue.");
});

Deno.test("what a question that was put aside is now stands in its conversation", async () => {
  await using hub = await Hub.open({ hasBroker: false });
  await using ada = await hub.frontend();
  ada.send({ ...TEXT, message_id: "msg_1" });
  await ada.status("msg_1", "pending");
  await call(hub, "POST", "/api/queues/reset");
  const kept = await hub.store.conversations.get(server, "msg_1");
  assert.deepEqual([kept?.state, kept?.message.routing_status, kept?.message.code], [
    "error",
    "error",
    "cancelled",
  ]);
});

Deno.test("a full page of waiting messages that cannot be read is put aside once, and ends", async () => {
  await using hub = await Hub.open({ hasBroker: false });
  const unreadable = {
    message_type: "TEXT",
    conversation_id: "conv_1",
    receiver_id: "agent_1",
    text_payload: 7,
  };
  const ids = Array.from({ length: 50 }, (_, index) => `msg_${index}`);
  await Promise.all(ids.map((message_id) => {
    const message = { ...unreadable, message_id } as unknown as Message;
    return hub.store.conversations.add(
      server,
      message as Parameters<typeof hub.store.conversations.add>[1],
      "waiting",
    );
  }));
  assert.deepEqual((await call(hub, "POST", "/api/queues/reset")).queues, { agent_queue_agent_1: 50 });
  assert.equal((await letters(hub)).length, 50);
});

Deno.test("a dead letter that could not be brought back stands as it stood", async () => {
  await using memory = withRetry(await openBus("sqlite::memory:"), { firstDelayMs: 1 });
  const failing = { is: false };
  const bus: MessageBus = Object.create(memory, {
    publish: {
      value(...args: Parameters<MessageBus["publish"]>) {
        if (failing.is) return Promise.reject(new ParleyError("unavailable", "The bus is away."));
        return memory.publish(...args);
      },
    },
    [Symbol.asyncDispose]: { value: () => Promise.resolve() },
  });
  await using hub = await Hub.open({ bus, hasBroker: false });
  await using ada = await hub.frontend();
  ada.send({ ...TEXT, message_id: "msg_1" });
  await ada.status("msg_1", "pending");
  await call(hub, "POST", "/api/queues/reset");
  await ada.answer("msg_1", "ERROR");
  const before = await hub.store.conversations.get(server, "msg_1");
  failing.is = true;
  assert.equal((await call(hub, "POST", "/api/dead-letters/msg_1/replay")).code, "unavailable");
  failing.is = false;
  assert.deepEqual(await hub.store.conversations.get(server, "msg_1"), before);
  assert.deepEqual((await letters(hub)).map(({ id }) => id), ["msg_1"]);
});

Deno.test("what is no message is put aside too, and can be read and removed, not brought back", async () => {
  await using hub = await Hub.open({ hasBroker: false });
  const bodies: Record<string, string | Uint8Array> = { text: "not JSON", bytes: new Uint8Array([255, 0]) };
  for (const [id, body] of Object.entries(bodies)) {
    await hub.bus.publish(BROKER_INPUT_QUEUE, { id, body, headers: {} });
  }
  assert.deepEqual((await call(hub, "POST", "/api/queues/reset")).queues, { broker_input_queue: 2 });
  const rawOf = async (id: string) => JSON.parse((await call(hub, "GET", `/api/dead-letters/${id}`)).body);
  assert.equal((await rawOf("text")).raw_text, "not JSON");
  assert.equal((await rawOf("bytes")).raw_base64, "/wA=");
  const replayed = await call(hub, "POST", "/api/dead-letters/text/replay");
  assert.deepEqual([replayed.status, replayed.code], [422, "invalid_message"]);
  assert.match(replayed.detail, /only be read and deleted/);
  assert.equal((await call(hub, "DELETE", "/api/dead-letters/text")).status, 204);
  assert.deepEqual((await letters(hub)).map(({ id }) => id), ["bytes"]);
});

Deno.test("dead letters that are unknown, or whose agent or queue is, are refused clearly and stay", async () => {
  await using hub = await Hub.open();
  const body = JSON.stringify({ ...TEXT, message_id: "msg_1" });
  const at = "2026-01-01T00:00:00.000Z";
  const letter = { id: "msg_1", body, code: "cancelled", reason: "r", at };
  const refused: [queue: string, status: number, detail: RegExp][] = [
    ["agent_queue_agent_9", 404, /no agent agent_9/],
    ["somebody_elses", 422, /'somebody_elses'/],
  ];
  for (const [queue, status, detail] of refused) {
    await hub.store.deadLetters.add(server, { ...letter, queue });
    const answer = await call(hub, "POST", "/api/dead-letters/msg_1/replay");
    assert.equal(answer.status, status);
    assert.match(answer.detail, detail);
    assert.equal((await letters(hub)).length, 1);
  }
  for (const method of ["GET", "DELETE"]) {
    const { status, code } = await call(hub, method, "/api/dead-letters/msg_2");
    assert.deepEqual([status, code], [404, "not_found"]);
  }
  assert.equal((await call(hub, "POST", "/api/dead-letters/msg_2/replay")).status, 404);
});

Deno.test("a dead letter is brought back once, however many ask at once", async () => {
  await using hub = await Hub.open();
  await using agent = await hub.listener({ agent_id: "agent_1" });
  await using ada = await hub.frontend();
  const asked = {
    ...TEXT,
    message_id: "msg_1",
    conversation_id: "conv_1",
    sender_id: ada.registration.frontend_id,
  };
  const letter = { id: "msg_1", body: JSON.stringify(asked), code: "timeout", reason: "r", at: "2026" };
  await hub.store.deadLetters.add(server, { ...letter, queue: agentQueue("agent_1") });
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => call(hub, "POST", "/api/dead-letters/msg_1/replay")),
  );
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  assert.ok(answers.every(({ status }) => [200, 404, 409].includes(status)));
  await ada.answer("msg_1");
  assert.deepEqual(agent.heard, ["hello"]);
});

Deno.test("an agent whose question to another was put aside is told, and the telling is not put aside", async () => {
  await using hub = await Hub.open({ hasBroker: false });
  await using asker = await hub.agent({ agent_id: "agent_asker" });
  await using ada = await hub.frontend();
  await awayAgent(hub, ada, "agent_1");
  const asked = { ...TEXT, message_id: "msg_1", receiver_id: "agent_1", sender_id: "agent_asker" };
  await hub.publish(asked, BROKER_INPUT_QUEUE);
  const { queues } = await call(hub, "POST", "/api/queues/reset");
  assert.deepEqual(queues, { broker_input_queue: 1 });
  const error = await asker.answer("msg_1", "ERROR");
  assert.equal(error.code, "cancelled");
});
