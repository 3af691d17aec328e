import assert from "node:assert/strict";
import { missingRabbit, virtualHost } from "../../shared/bus/testing/rabbitmq.ts";
import { missingRedis, openRedisPlace } from "../../shared/bus/testing/redis.ts";
import { AgentMessage } from "./agent_message.ts";
import { MessageQueueManager } from "./message_queue_manager.ts";
import type { CoordinationOptions } from "./options.ts";
import { holdBackend } from "./shared_backend.ts";
import { AgentRegistry } from "./agent_registry.ts";
import { openOften } from "./testing/opening.ts";
import { AgentRole, MessagePriority, MessageType } from "./vocabulary.ts";

const MOCK = { useMock: true };

function message(
  text: string,
  fields: Partial<ConstructorParameters<typeof AgentMessage>[0]> = {},
): AgentMessage {
  return new AgentMessage({
    fromAgent: "agent_001",
    toAgent: "agent_002",
    messageType: MessageType.COORDINATION,
    content: { text },
    ...fields,
  });
}

function textsOf(messages: AgentMessage[]): unknown[] {
  return messages.map(({ content }) => content.text);
}

Deno.test("what one object sends another takes, the most urgent first, and marks it as processed", async () => {
  await using sender = new MessageQueueManager(MOCK);
  await using reader = new MessageQueueManager(MOCK);
  assert.equal(await sender.sendMessage(message("later", { priority: MessagePriority.LOW })), true);
  await sender.sendMessage(message("now", { priority: MessagePriority.CRITICAL }));
  const messages = await reader.getMessages("agent_002");
  assert.deepEqual(textsOf(messages), ["now", "later"]);
  for (const { messageId } of messages) {
    assert.equal(await reader.markProcessed(messageId, "agent_002"), true);
    assert.equal(await reader.markProcessed(messageId, "agent_002"), false);
  }
  assert.deepEqual(await reader.getMessages("agent_002"), []);
});

Deno.test("getMessages gives at most `limit`, and the rest the next time", async () => {
  await using queue = new MessageQueueManager(MOCK);
  for (const text of ["a", "b", "c"]) await queue.sendMessage(message(text));
  assert.deepEqual(textsOf(await queue.getMessages("agent_002", { limit: 2 })), ["a", "b"]);
  assert.deepEqual(textsOf(await queue.getMessages("agent_002", { limit: 2 })), ["c"]);
  for (const limit of [0, 1.5, 1_001]) {
    await assert.rejects(queue.getMessages("agent_002", { limit }), { code: "invalid_message" });
  }
});

Deno.test("getMessages gives only the types that are asked for, and keeps the others for who asks for them", async () => {
  await using queue = new MessageQueueManager(MOCK);
  await queue.sendMessage(message("talk"));
  await queue.sendMessage(message("work", { messageType: "task_assignment" }));
  const types = [MessageType.TASK_REQUEST];
  assert.deepEqual(textsOf(await queue.getMessages("agent_002", { types })), ["work"]);
  assert.deepEqual(textsOf(await queue.getMessages("agent_002", { types })), []);
  assert.deepEqual(textsOf(await queue.getMessages("agent_002")), ["talk"]);
});

Deno.test("getMessages waits for the first message, and for one of the types that it is asked for", async () => {
  await using queue = new MessageQueueManager(MOCK);
  const asked = queue.getMessages("agent_002", { types: ["STATUS_UPDATE"], blockMs: 60_000 });
  await queue.sendMessage(message("talk"));
  await queue.sendMessage(message("status", { messageType: "STATUS_UPDATE" }));
  assert.deepEqual(textsOf(await asked), ["status"]);
});

Deno.test("getMessages ends its waiting when its signal aborts", async () => {
  await using queue = new MessageQueueManager(MOCK);
  const stop = new AbortController();
  const asked = queue.getMessages("agent_002", { blockMs: 60_000, signal: stop.signal });
  stop.abort();
  assert.deepEqual(await asked, []);
});

Deno.test("what is not processed comes again when its object is disposed of", async () => {
  await using reader = new MessageQueueManager(MOCK);
  const crashed = new MessageQueueManager(MOCK);
  await crashed.sendMessage(message("handed out"));
  await crashed.sendMessage(message("kept back", { messageType: "HEARTBEAT" }));
  await crashed.getMessages("agent_002", { types: ["COORDINATION"] });
  assert.deepEqual(await reader.getMessages("agent_002"), []);
  await crashed[Symbol.asyncDispose]();
  assert.deepEqual(textsOf(await reader.getMessages("agent_002")).sort(), ["handed out", "kept back"]);
});

Deno.test("messages() marks each as processed when the next is asked for, and gives one back whose work throws", async () => {
  await using queue = new MessageQueueManager(MOCK);
  for (const text of ["a", "b"]) await queue.sendMessage(message(text));
  const seen: unknown[] = [];
  const work = async () => {
    for await (const { content } of queue.messages("agent_002")) {
      seen.push(content.text);
      if (content.text === "b") throw new Error("not now");
    }
  };
  await assert.rejects(work(), /not now/);
  assert.deepEqual(seen, ["a", "b"]);
  assert.deepEqual(textsOf(await queue.getMessages("agent_002")), ["b"]);
});

Deno.test("a message that has expired is not sent, and not given", async () => {
  await using queue = new MessageQueueManager(MOCK);
  assert.equal(await queue.sendMessage(message("old", { expiresAt: "2024-01-15T10:30:00Z" })), false);
  assert.deepEqual(await queue.getMessages("agent_002"), []);
});

Deno.test("sendMessage refuses what cannot travel", async () => {
  await using queue = new MessageQueueManager(MOCK);
  const wrong = message("x", { priority: 9 as MessagePriority });
  await assert.rejects(queue.sendMessage(wrong), { code: "invalid_message", message: /priority/ });
});

Deno.test("a message for everybody goes to each agent that is online, but its sender", async () => {
  await using registry = new AgentRegistry(MOCK);
  await using queue = new MessageQueueManager(MOCK);
  for (const agentId of ["agent_001", "agent_002", "agent_003"]) {
    await registry.registerAgent({ agentId, agentRole: AgentRole.WORKER, capabilities: [] });
  }
  const all = message("all", { toAgent: null });
  assert.equal(await queue.sendMessage(all), true);
  assert.deepEqual(textsOf(await queue.getMessages("agent_001")), []);
  for (const agentId of ["agent_002", "agent_003"]) {
    const [copy] = await queue.getMessages(agentId);
    assert.deepEqual([copy?.content.text, copy?.further.broadcast_id], ["all", all.messageId]);
  }
});

Deno.test("a body that is no message goes to the dead letters, and what stands behind it is given", async () => {
  await using queue = new MessageQueueManager(MOCK);
  await using hold = await holdBackend(MOCK);
  const odd = { message_type: "", message_id: "odd", sender_id: "a", receiver_id: "agent_002" };
  await hold.backend.mail.send(odd);
  await queue.sendMessage(message("fine"));
  assert.deepEqual(textsOf(await queue.getMessages("agent_002", { blockMs: 60_000 })), ["fine"]);
  const { queues } = await queue.getQueueStats();
  assert.equal(queues.find(({ queue }) => queue === "dead_letter_queue")?.waiting, 1);
});

Deno.test("getQueueStats tells what waits and how much goes through, over all objects of the process", async () => {
  await using queue = new MessageQueueManager(MOCK);
  await using other = new MessageQueueManager(MOCK);
  for (const text of ["a", "b", "c"]) await queue.sendMessage(message(text));
  await other.getMessages("agent_002", { limit: 1 });
  const stats = await other.getQueueStats();
  assert.deepEqual(
    [stats.waiting_messages, stats.in_flight_messages, stats.messages_per_minute],
    [2, 1, 4],
  );
  assert.deepEqual(stats.queues, [{ queue: "agent_queue_agent_002", waiting: 2, in_flight: 1 }]);
});

Deno.test("an object that was disposed of says so", async () => {
  const queue = new MessageQueueManager(MOCK);
  assert.equal(await queue.isConnected(), true);
  await queue[Symbol.asyncDispose]();
  assert.equal(await queue.isConnected(), false);
  await assert.rejects(queue.sendMessage(message("x")), { code: "unavailable" });
});

Deno.test("in a file, messages outlive the process that sent them", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const options = { connectionString: `sqlite:${directory}/messages.db` };
    {
      await using sender = new MessageQueueManager(options);
      await sender.sendMessage(message("kept"));
    }
    await using reader = new MessageQueueManager(options);
    assert.deepEqual(textsOf(await reader.getMessages("agent_002")), ["kept"]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

const noRabbit = await missingRabbit();
const host = noRabbit ? undefined : virtualHost("classic");
const SERVICES: [string, string | undefined, (pass: typeof passMessages) => Promise<void>][] = [
  ["RabbitMQ", noRabbit, (pass) => pass({ connectionString: host!.url() })],
  ["Redis", await missingRedis(), async (pass) => {
    await using place = openRedisPlace();
    await pass({ connectionString: place.url() });
  }],
];
for (const [service, missing, on] of SERVICES) {
  Deno.test({
    name: missing
      ? `on ${service} (${missing})`
      : `on ${service}, with nothing beside it, messages and the roster reach everybody`,
    ignore: missing !== undefined,
    fn: () => on(passMessages),
  });
}

async function passMessages(options: CoordinationOptions): Promise<void> {
  await using registry = new AgentRegistry(options);
  await using queue = new MessageQueueManager(options);
  const agent = { agentId: "agent_002", agentRole: AgentRole.WORKER, capabilities: ["python"] };
  await registry.registerAgent(agent);
  assert.equal((await registry.findBestAgent(["python"]))?.agentId, "agent_002");
  for (const text of ["a", "b"]) await queue.sendMessage(message(text));
  const messages: AgentMessage[] = [];
  while (messages.length < 2) messages.push(...await queue.getMessages("agent_002", { blockMs: 60_000 }));
  assert.deepEqual(textsOf(messages), ["a", "b"]);
  for (const { messageId } of messages) assert.equal(await queue.markProcessed(messageId, "agent_002"), true);
  assert.equal(await queue.isConnected(), true);
}

Deno.test("a message that nobody asks for waits, however often the queue is opened", async () => {
  await using queue = new MessageQueueManager(MOCK);
  await queue.sendMessage(message("later", { toAgent: "bob" }));
  await openOften(() => new MessageQueueManager(MOCK));
  assert.deepEqual(textsOf(await queue.getMessages("bob", { blockMs: 60_000 })), ["later"]);
});
