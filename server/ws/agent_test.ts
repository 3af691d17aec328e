/** What an agent's socket does with its queue. */
import assert from "node:assert/strict";
import { openBus } from "../../shared/bus/open.ts";
import { withRetry } from "../../shared/bus/retry.ts";
import { atMost } from "../../shared/pause.ts";
import { Client } from "../testing/client.ts";
import { Hub } from "../testing/hub.ts";
import { openRaw } from "../testing/raw_socket.ts";
import { deliverTo } from "./agent.ts";

const HALF_MB = 512 * 1024;
const REGISTER = { message_type: "REGISTER_AGENT", agent_name: "Ada", agent_id: "agent_ada" };

async function fill(hub: Hub, count: number): Promise<void> {
  const text_payload = "x".repeat(HALF_MB);
  for (let index = 0; index < count; index++) {
    const message = { message_type: "TEXT", message_id: `msg_${index}`, text_payload };
    await hub.publish(message, "agent_queue_agent_ada");
  }
}

async function numbersUpTo(client: Client, last: number): Promise<number[]> {
  await client.next((frame) => frame.message_id === `msg_${last}`);
  const texts = client.frames.filter((frame) => frame.message_type === "TEXT");
  return texts.map((frame) => Number(frame.message_id.slice("msg_".length)));
}

Deno.test("an agent that reads gets a large backlog in order, and is not taken for a slow reader", async () => {
  await using hub = await Hub.open({ hasBroker: false });
  await fill(hub, 30);
  await using agent = await Client.open(hub.ws);
  agent.send(REGISTER);
  assert.deepEqual(await numbersUpTo(agent, 29), Array.from({ length: 30 }, (_, index) => index));
});

Deno.test("what an agent's socket did not take before it closed comes to the next one", async () => {
  await using hub = await Hub.open({ hasBroker: false });
  await fill(hub, 40);
  {
    using raw = await openRaw(hub.server.httpPort);
    await raw.send(REGISTER);
    // The sending has begun; the rest is never read.
    await raw.read(2 * HALF_MB);
  }
  await using next = await Client.open(hub.ws);
  next.send(REGISTER);
  const numbers = await numbersUpTo(next, 39);
  const [first] = numbers;
  assert.ok(first! < 25, `all before ${first} were lost: more than the network holds`);
  assert.deepEqual(numbers, Array.from({ length: 40 - first! }, (_, index) => first! + index));
});

Deno.test("a message is not acknowledged when the socket was over before it had left", async () => {
  const deliver = deliverTo({ send: () => {}, drained: () => Promise.resolve(false) });
  const ended = new AbortController();
  const envelope = { id: "msg_1", body: "{}", headers: {} };
  const delivered = deliver({ queue: "agent_queue_agent_ada", envelope, attempt: 1 }, ended.signal);
  const giveBack = assert.rejects(delivered, (reason) => reason === ended.signal.reason);
  setTimeout(() => ended.abort());
  await giveBack;
});

Deno.test("a server ends though an agent's queue cannot be read yet", async () => {
  await using inner = withRetry(await openBus("sqlite::memory:"));
  const bus: typeof inner = {
    ...inner,
    consume: (queue, ...rest) =>
      queue.startsWith("agent_queue_") ? new Promise(() => {}) : inner.consume(queue, ...rest),
  };
  const hub = await Hub.open({ bus });
  await using _agent = await hub.agent();
  assert.ok(await atMost(5_000, hub[Symbol.asyncDispose]()), "it waits for the queue");
});
