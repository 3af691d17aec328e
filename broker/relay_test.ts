import assert from "node:assert/strict";
import type { Delivery, Envelope, MessageBus } from "../shared/bus/bus.ts";
import { createFileLogger } from "../shared/audit/file_logger.ts";
import { TestFolder } from "../shared/audit/testing/folder.ts";
import { openBus } from "../shared/bus/open.ts";
import { withRetry } from "../shared/bus/retry.ts";
import { ParleyError } from "../shared/error.ts";
import { BROKER_INPUT_QUEUE, DEAD_LETTER_QUEUE, SERVER_INPUT_QUEUE } from "../shared/model/queue.ts";
import { createRelay } from "./relay.ts";
import { createStrategy } from "./strategy.ts";
import { agent, rosterOf } from "./testing/agents.ts";

const roster = rosterOf(agent("agent_ada"));
const options = { brokerId: "broker_1", choose: createStrategy("least-loaded"), ifOffline: "error" as const };

function envelope(body: unknown, changes: Partial<Envelope> = {}): Envelope {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { id: "msg_1", body: text, headers: {}, ...changes };
}

/** A real bus in memory, with the relay between its two queues, as the process has it. */
async function openRelayed() {
  const bus = withRetry(await openBus("sqlite::memory:"), { maxAttempts: 2, firstDelayMs: 1 });
  await bus.consume(BROKER_INPUT_QUEUE, createRelay(bus, roster, options));
  return bus;
}

async function next(bus: MessageBus, queue: string): Promise<Envelope> {
  const [delivery] = await bus.pull(queue, { limit: 1, blockMs: 5_000 });
  assert.ok(delivery, `nothing came to ${queue}`);
  await delivery.settle({ kind: "ack" });
  return delivery.envelope;
}

const bodyOf = ({ body }: Envelope) => JSON.parse(body as string);

Deno.test("the relay publishes a message with the receiver that was chosen, and keeps all else", async () => {
  await using bus = await openRelayed();
  const message = {
    message_type: "text",
    message_id: "msg_1",
    sender_id: "web_1",
    x_mine: { a: [1] },
    traceparent: "00-a-b-01",
  };
  const given = envelope(message, { headers: { traceparent: "00-a-b-01" }, priority: 2, key: "conv_1" });
  await bus.publish(BROKER_INPUT_QUEUE, given);
  const { body, ...rest } = await next(bus, SERVER_INPUT_QUEUE);
  const { body: _, ...expected } = given;
  assert.deepEqual(rest, expected);
  assert.deepEqual(JSON.parse(body as string), {
    ...message,
    message_type: "TEXT",
    receiver_id: "agent_ada",
    routing_status: "routed",
  });
});

Deno.test("the relay passes on what is not its business, to the byte", async () => {
  await using bus = await openRelayed();
  const body = `{ "message_type":"TASK_REQUEST",  "big": 12345678901234567890 }`;
  await bus.publish(BROKER_INPUT_QUEUE, envelope(body));
  assert.equal((await next(bus, SERVER_INPUT_QUEUE)).body, body);
});

Deno.test("the relay gives an ERROR in a message's place an id of its own", async () => {
  await using bus = await openRelayed();
  const message = { message_type: "TEXT", message_id: "msg_1", sender_id: "agent_ada" };
  await bus.publish(BROKER_INPUT_QUEUE, envelope(message));
  const error = await next(bus, SERVER_INPUT_QUEUE);
  assert.equal(bodyOf(error).code, "no_agent_available");
  assert.equal(error.id, bodyOf(error).message_id);
});

Deno.test("the relay gives up to the dead letters what it cannot read, with the reason", async () => {
  await using bus = await openRelayed();
  const cases: [unknown, string][] = [
    ["this is not JSON", "invalid_json"],
    ["[1, 2]", "invalid_message"],
    [{ text_payload: "no type" }, "invalid_message"],
    [{ message_type: "TEXT", sender_id: 17 }, "invalid_message"],
    [{ message_type: "NONSENSE" }, "unsupported_type"],
  ];
  for (const [body, code] of cases) {
    await bus.publish(BROKER_INPUT_QUEUE, envelope(body));
    const letter = bodyOf(await next(bus, DEAD_LETTER_QUEUE));
    assert.equal(letter.code, code);
    assert.equal(letter._origin_queue, BROKER_INPUT_QUEUE);
    assert.ok(letter.error_details.length > 0);
  }
});

Deno.test("the relay keeps the order of a conversation", async () => {
  await using bus = await openRelayed();
  const ids = Array.from({ length: 50 }, (_, number) => `msg_${number}`);
  for (const id of ids) {
    void bus.publish(
      BROKER_INPUT_QUEUE,
      envelope({ message_type: "TEXT", message_id: id, sender_id: "web_1" }, { id }),
    );
  }
  const came: string[] = [];
  while (came.length < ids.length) came.push((await next(bus, SERVER_INPUT_QUEUE)).id);
  assert.deepEqual(came, ids);
});

Deno.test("the relay does not acknowledge before the publish was confirmed, nor when it failed", async () => {
  const confirmed = Promise.withResolvers<void>();
  const relay = createRelay({ publish: () => confirmed.promise }, roster, options);
  const body = { message_type: "TEXT", sender_id: "web_1" };
  const delivery: Delivery = { queue: BROKER_INPUT_QUEUE, envelope: envelope(body), attempt: 1 };
  const working = relay(delivery, new AbortController().signal);
  let isOver = false;
  void working.then(() => isOver = true, () => isOver = true);
  await Promise.resolve();
  assert.equal(isOver, false);
  confirmed.reject(new ParleyError("unavailable", "Nobody confirmed."));
  await assert.rejects(working, /Nobody confirmed/);
});

Deno.test("the relay logs what it decided, once that is on its way, and not what messages say", async () => {
  await using folder = await TestFolder.make();
  {
    await using fileLog = createFileLogger(folder.path);
    const relay = createRelay({ publish: () => Promise.resolve() }, roster, { ...options, fileLog });
    const give = (body: unknown) => {
      const delivery = { queue: BROKER_INPUT_QUEUE, envelope: envelope(body), attempt: 1 };
      return relay(delivery, new AbortController().signal);
    };
    const text = { message_type: "TEXT", sender_id: "web_1", text_payload: "a secret" };
    await give({ ...text, message_id: "msg_1" });
    await give({ ...text, message_id: "msg_2", receiver_id: "web_2" });
    await give({ ...text, message_id: "msg_3", sender_id: "agent_ada" });
    await give("no JSON");
    const broken = createRelay({ publish: () => Promise.reject(new Error("away")) }, roster, {
      ...options,
      fileLog,
    });
    const delivery = { queue: BROKER_INPUT_QUEUE, envelope: envelope(text), attempt: 1 };
    await assert.rejects(broken(delivery, new AbortController().signal));
  }
  const entries = await folder.entries();
  assert.deepEqual(
    entries.map(({ event, message_id, to_agent, code }) => [event, message_id, to_agent, code]),
    [
      ["routed", "msg_1", "agent_ada", undefined],
      ["passed", "msg_2", "web_2", undefined],
      ["failed", "msg_3", null, "no_agent_available"],
    ],
  );
  assert.doesNotMatch(JSON.stringify(entries), /secret/);
});
