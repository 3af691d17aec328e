import { strict as assert } from "node:assert";
import { Buffer } from "node:buffer";
import amqplib from "amqplib";
import { ParleyError } from "../error.ts";
import { openAmqpBus } from "./amqp.ts";
import { busConformance } from "./conformance.ts";
import { collecting, freshQueue, Inbox, message, textOf } from "./conformance/inbox.ts";
import { openAmqpRig } from "./testing/amqp_rig.ts";
import { openProxy } from "./testing/proxy.ts";
import { missingRabbit, type VirtualHost, virtualHost } from "./testing/rabbitmq.ts";

const missing = await missingRabbit();
const [classic, quorum] = missing ? [] : [virtualHost("classic"), virtualHost("quorum")];
const NO_KEYS = "RabbitMQ deals messages out without looking at them";
const NO_PRIORITIES = "queues are declared without arguments, so RabbitMQ keeps no priorities";

for (const [queueType, host] of Object.entries({ classic, quorum })) {
  busConformance({
    name: `amqp, ${queueType} queues`,
    open: () => Promise.resolve(openAmqpRig(host!)),
    skip: {
      "messages with one key keep their order where readers share": NO_KEYS,
      "priority goes before order": NO_PRIORITIES,
    },
    ignore: missing,
  });
}

function live(name: string, run: (host: VirtualHost) => Promise<void>): void {
  Deno.test({
    name: `amqp: ${name}${missing ? ` (${missing})` : ""}`,
    ignore: missing !== undefined,
    fn: () => run(classic!),
  });
}

live("a peer's plain JSON without properties arrives, named by its message_id", async (host) => {
  const queue = freshQueue();
  const connection = await amqplib.connect(host.url());
  const channel = await connection.createChannel();
  await channel.assertQueue(queue, { durable: true });
  channel.sendToQueue(queue, Buffer.from('{"message_id":"theirs","n":1}'));
  channel.sendToQueue(queue, Buffer.from("not json"));
  await using bus = await openAmqpBus(host.url());
  const { handler, inbox } = collecting();
  await bus.consume(queue, handler);
  assert.deepEqual((await inbox.next()).envelope, {
    id: "theirs",
    body: '{"message_id":"theirs","n":1}',
    headers: {},
  });
  assert.match((await inbox.next()).envelope.id, /^msg_/);
  await connection.close();
});

live("a peer reads our messages as persistent JSON from a plain durable queue", async (host) => {
  const queue = freshQueue();
  await using bus = await openAmqpBus(host.url());
  await bus.publish(queue, message("ours", { headers: { traceparent: "00-ab" } }));
  const connection = await amqplib.connect(host.url());
  const channel = await connection.createChannel();
  await channel.assertQueue(queue, { durable: true });
  const got = await channel.get(queue, { noAck: true });
  assert.ok(got);
  assert.equal(JSON.parse(got.content.toString()).text, "ours");
  assert.equal(got.properties.deliveryMode, 2);
  assert.equal(got.properties.contentType, "application/json");
  assert.equal(got.properties.headers?.traceparent, "00-ab");
  await connection.close();
});

live("a queue that was deleted under our feet comes back for writers and readers", async (host) => {
  const queue = freshQueue();
  await using bus = await openAmqpBus(host.url());
  const { handler, inbox } = collecting();
  await bus.consume(queue, handler);
  await bus.publish(queue, message("before"));
  assert.equal(textOf(await inbox.next()), "before");
  await host.deleteQueue(queue);
  await bus.publish(queue, message("after"));
  assert.equal(textOf(await inbox.next()), "after");
});

live(
  "queues are counted though some were deleted, which stay away until they are used again",
  async (host) => {
    const [first, gone, last] = [freshQueue(), freshQueue(), freshQueue()];
    await using bus = await openAmqpBus(host.url());
    for (const queue of [first, gone, last]) await bus.publish(queue, message("counted"));
    await host.deleteQueue(gone);
    const counted = async () => (await bus.stats()).map(({ queue, ready }) => [queue, ready]);
    assert.deepEqual(await counted(), [[first, 1], [last, 1]]);
    assert.deepEqual(await counted(), [[first, 1], [last, 1]]);
    assert.equal((await host.queueTypes()).has(gone), false);
    await bus.publish(gone, message("again"));
    assert.deepEqual(await counted(), [[first, 1], [last, 1], [gone, 1]]);
  },
);

live("a peer's queue with other arguments is used as it is", async (host) => {
  const queue = freshQueue();
  const connection = await amqplib.connect(host.url());
  const channel = await connection.createChannel();
  await channel.assertQueue(queue, { durable: true, maxLength: 10 });
  await using bus = await openAmqpBus(host.url());
  const { handler, inbox } = collecting();
  await bus.consume(queue, handler);
  await bus.publish(queue, message("there"));
  assert.equal(textOf(await inbox.next()), "there");
  await connection.close();
});

live("a delay beyond a day is refused", async (host) => {
  await using bus = await openAmqpBus(host.url());
  await assert.rejects(
    bus.publish(freshQueue(), message("next year"), { delayMs: 365 * 86_400_000 }),
    (error) => error instanceof ParleyError && error.code === "invalid_message",
  );
});

Deno.test("amqp: while RabbitMQ is away it is told so, and publishes wait for a time", async () => {
  const states = new Inbox<string>();
  await using bus = await openAmqpBus("amqp://guest:secret@127.0.0.1:1", {
    onStateChange: (state, detail) => states.put(`${state}: ${detail}`),
    timeoutMs: 50,
  });
  const state = await states.next("the state");
  assert.match(state, /^connecting: RabbitMQ at 127\.0\.0\.1:1 cannot be reached/);
  assert.ok(!state.includes("secret"));
  await assert.rejects(
    bus.publish("q", message("waits")),
    (error) => error instanceof ParleyError && error.code === "unavailable",
  );
});

Deno.test("amqp: a reader that is ended while RabbitMQ is away has never begun, and hinders no closing", async () => {
  await using bus = await openAmqpBus("amqp://127.0.0.1:1");
  const ending = new AbortController();
  const reading = bus.consume("q", () => Promise.resolve(), { signal: ending.signal });
  ending.abort();
  await assert.rejects(reading, (error) => error instanceof ParleyError && error.code === "cancelled");
});

Deno.test("amqp: while RabbitMQ is away, who pulls waits for a time, or until its signal aborts", async () => {
  await using bus = await openAmqpBus("amqp://127.0.0.1:1", { timeoutMs: 50 });
  const isUnavailable = (error: unknown) => error instanceof ParleyError && error.code === "unavailable";
  await assert.rejects(bus.pull("q", { limit: 1 }), isUnavailable);
  await using patient = await openAmqpBus("amqp://127.0.0.1:1");
  const ending = new AbortController();
  const pulling = patient.pull("q", { limit: 1, blockMs: 60_000, signal: ending.signal });
  ending.abort();
  assert.deepEqual(await pulling, []);
});

live("a connection that is lost while a queue is asked for is told as unavailable", async (host) => {
  const states = new Inbox<string>();
  const { hostname, port } = new URL(host.url());
  await using proxy = openProxy({ hostname, port: Number(port) });
  const url = new URL(host.url());
  url.host = `127.0.0.1:${proxy.port}`;
  await using bus = await openAmqpBus(url.href, {
    timeoutMs: 50,
    onStateChange: (state) => states.put(state),
  });
  await states.next("the connection");
  const asked = [bus.pull("one", { limit: 1 }), bus.pull("two", { limit: 1, blockMs: 10 }), bus.stats()];
  const cut = proxy.cut({ refuse: true });
  for (const each of await Promise.allSettled(asked)) {
    assert.equal(each.status, "rejected");
    assert.equal(ParleyError.from(each.reason).code, "unavailable");
  }
  await cut;
});

const REFUSED: [what: string, from: string, to: string, names: RegExp][] = [
  ["a wrong password", "guest:guest@", "guest:wrong@", /refused the user or the password.*BUS_URL/],
  ["a missing virtual host", "/test-", "/nowhere-", /refused the virtual host.*BUS_URL/],
];

for (const [what, from, to, names] of REFUSED) {
  live(`${what} is told as what it is, with the variable to look at`, async (host) => {
    const details = new Inbox<string>();
    await using _bus = await openAmqpBus(host.url().replace(from, to), {
      onStateChange: (_, detail) => details.put(detail),
    });
    const detail = await details.next();
    assert.match(detail, names);
    assert.doesNotMatch(detail, /wrong|Expected/);
  });
}
