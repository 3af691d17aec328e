import { strict as assert } from "node:assert";
import type { Redis } from "ioredis";
import type { Envelope, Handler, MessageBus } from "./bus.ts";
import { busConformance } from "./conformance.ts";
import { collecting, fence, freshQueue, holding, Inbox, message, soon, textOf } from "./conformance/inbox.ts";
import { openRedisBus, type RedisBusOptions } from "./redis.ts";
import { SCRIPTS } from "./redis_scripts.ts";
import { missingRedis, openRedis, openRedisPlace } from "./testing/redis.ts";
import { openRedisRig } from "./testing/redis_rig.ts";

const missing = await missingRedis();
/** In CI a missing Redis is a failure of each test, not a reason to leave it out. */
const ignore = Deno.env.get("CI") === "true" ? undefined : missing;

busConformance({ name: "redis", open: () => Promise.resolve(openRedisRig()), ignore });

const priorityOf = (number: number) => (number % 5 + 1) as NonNullable<Envelope["priority"]>;

interface Place {
  url: string;
  prefix: string;
  /** Opens a bus here, until the test ends. */
  bus(options?: RedisBusOptions): Promise<MessageBus>;
  /** Sees what is in Redis. */
  client: Redis;
}

function live(name: string, run: (place: Place) => Promise<void>): void {
  Deno.test({
    name: `redis: ${name}${ignore ? ` (${ignore})` : ""}`,
    ignore: ignore !== undefined,
    async fn() {
      await using opened = new AsyncDisposableStack();
      const place = opened.use(openRedisPlace());
      const { client } = opened.use(await openRedis());
      const url = place.url();
      const bus = async (options?: RedisBusOptions) => opened.use(await openRedisBus(url, options));
      await run({ url, prefix: place.prefix, bus, client });
    },
  });
}

live(
  "what is finished leaves its stream, and what is unread or held stays",
  async ({ bus: open, prefix, client }) => {
    const bus = await open();
    const queue = freshQueue();
    const { handler, inbox } = holding();
    await bus.consume(queue, handler, { prefetch: 2 });
    for (const text of ["a", "b", "c", "d"]) await bus.publish(queue, message(text));
    const [a, b] = await inbox.take(2);
    a?.finish();
    const c = await inbox.next();
    assert.equal(textOf(c.delivery), "c");
    assert.equal(await client.xlen(`${prefix}q:${queue}:3`), 3);
    assert.deepEqual((await bus.stats())[0], { queue, ready: 1, inFlight: 2, consumers: 1 });
    for (const held of [b, c]) held?.finish();
    (await inbox.next()).finish();
  },
);

live("a reader that lives keeps what it has, however long it takes", async ({ bus: open }) => {
  // One says often that it lives, the other is patient: a machine that stands still a moment kills nobody.
  const patienceMs = 3_000;
  const [slow, other] = [await open({ leaseMs: 300 }), await open({ leaseMs: patienceMs })];
  const [queue, clock] = [freshQueue(), freshQueue()];
  const { handler, inbox } = holding();
  await slow.consume(queue, handler);
  await slow.publish(queue, message("long work"));
  const held = await inbox.next();
  const thief = collecting();
  await other.consume(queue, thief.handler);
  const ticks = collecting();
  await other.consume(clock, ticks.handler);
  await other.publish(clock, message("a lease later"), { delayMs: 1.5 * patienceMs });
  await ticks.inbox.next();
  assert.deepEqual(thief.inbox.rest(), []);
  held.finish();
});

live(
  "each key stays in order and in one hand at a time, however many readers share",
  async ({ bus: open, prefix, client }) => {
    const buses = [await open(), await open()];
    const queue = freshQueue();
    const [busy, seen] = [new Set<string>(), new Map<string, number[]>()];
    const left = new Inbox<void>();
    const handler: Handler = async ({ envelope }) => {
      const [key, number] = [envelope.key!, Number(JSON.parse(String(envelope.body)).text)];
      assert.ok(!busy.has(key), `${key} is in two hands`);
      busy.add(key);
      seen.set(key, [...seen.get(key) ?? [], number]);
      for (let turns = number % 4; turns > 0; turns--) await fence(buses[number % 2]!);
      busy.delete(key);
      left.put();
    };
    const numbers = Array.from({ length: 120 }, (_, number) => number);
    const send = (number: number) =>
      buses[0]!.publish(
        queue,
        message(String(number), { key: `key ${number % 7}`, priority: priorityOf(number % 7) }),
      );
    await Promise.all(numbers.slice(0, 60).map(send));
    for (const bus of [buses[0]!, buses[1]!, buses[1]!]) await bus.consume(queue, handler, { prefetch: 1 });
    await Promise.all(numbers.slice(60).map(send));
    await left.take(120);
    for (const bus of buses) await fence(bus);
    assert.deepEqual(
      await client.keys(`${prefix}q:${queue}:[bop][awa]*`),
      [],
      "back, owner and parked are empty",
    );
    for (const [key, order] of seen) {
      assert.deepEqual(
        order,
        numbers.filter((one) => `key ${one % 7}` === key),
      );
    }
  },
);

live("messages of different priorities that came at once all come back", async ({ bus: open }) => {
  const bus = await open();
  const queue = freshQueue();
  const inbox = new Inbox<number>();
  await bus.consume(queue, ({ envelope, attempt }) => {
    inbox.put(attempt * 10 + envelope.priority!);
    return Promise.resolve({ kind: attempt === 1 ? "retry" : "ack" });
  });
  const all = [1, 2, 3, 4, 5].map((number) => message("x", { priority: priorityOf(number - 1) }));
  await Promise.all(all.map((one) => bus.publish(queue, one)));
  assert.deepEqual((await inbox.take(10)).toSorted(), [11, 12, 13, 14, 15, 21, 22, 23, 24, 25]);
});

live("a key that waits for a dead reader goes on, in order, with the living", async ({ bus: open, url }) => {
  const living = await open({ leaseMs: 500 });
  const queue = freshQueue();
  for (const text of ["a1", "a2", "a3"]) await living.publish(queue, message(text, { key: "a" }));
  const { handler, inbox } = holding();
  // It says nothing more once it has the message: nobody tends what it has.
  const dying = await openRedisBus(url, { leaseMs: 60_000 });
  await dying.consume(queue, handler, { prefetch: 1 });
  const lost = await inbox.next();
  const next = holding();
  await living.consume(queue, next.handler);
  const again = await next.inbox.take(3);
  assert.deepEqual(again.map(({ delivery }) => [textOf(delivery), delivery.attempt]), [
    ["a1", 2],
    ["a2", 1],
    ["a3", 1],
  ]);
  for (const { finish } of [lost, ...again]) finish();
  await dying[Symbol.asyncDispose]();
});

live("a key goes on where a reader that stood still finishes what another has by then", async (place) => {
  const other = await place.bus({ leaseMs: 500 });
  const queue = freshQueue();
  // It does not say that it lives, as if it stood still.
  const stalled = await place.bus({ leaseMs: 60_000 });
  const [first, second, third] = [holding(), holding(), collecting()];
  await stalled.consume(queue, first.handler, { prefetch: 1 });
  await other.publish(queue, message("a1", { key: "a" }));
  const late = await first.inbox.next();
  await other.consume(queue, second.handler, { prefetch: 1, graceMs: 1 });
  await second.inbox.next();
  late.finish();
  await stalled[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
  const bus = await place.bus();
  await bus.publish(queue, message("a2", { key: "a" }));
  await bus.consume(queue, third.handler);
  assert.equal(textOf(await third.inbox.next()), "a2");
});

live("what expires where nobody reads does not pile up", async ({ bus: open, prefix, client }) => {
  const bus = await open();
  const [queue, clock] = [freshQueue(), freshQueue()];
  for (const text of ["a", "b", "c"]) await bus.publish(queue, message(text), { expiresMs: 1 });
  const ticks = collecting();
  await bus.consume(clock, ticks.handler);
  await bus.publish(clock, message("they have expired"), { delayMs: 20 });
  await ticks.inbox.next();
  await bus.publish(queue, message("d"), { expiresMs: 60_000 });
  assert.equal(await client.xlen(`${prefix}q:${queue}:3`), 1);
});

live("installations with prefixes of their own see nothing of each other", async ({ bus: open, url }) => {
  const bus = await open();
  await using other = await openRedisBus(`${url}other:`);
  const [queue, topic] = [freshQueue(), freshQueue()];
  const [events, messages] = [new Inbox<unknown>(), collecting()];
  await other.subscribe(topic, (event) => events.put(event));
  await other.consume(queue, messages.handler);
  await bus.publish(queue, message("ours"));
  await bus.emit(topic, "ours");
  await other.emit(topic, "theirs");
  await other.publish(queue, message("theirs"));
  assert.equal(await events.next(), "theirs");
  assert.equal(textOf(await messages.inbox.next()), "theirs");
});

live(
  "what a take had taken that failed halfway comes again, as a first attempt",
  async ({ bus: open, prefix, client }) => {
    const bus = await open();
    const queue = freshQueue();
    const { handler, inbox } = collecting();
    await bus.consume(queue, handler);
    await client.set(`${prefix}q:${queue}:owner`, "not a hash");
    await bus.publish(queue, message("stuck", { key: "k" }));
    await client.del(`${prefix}q:${queue}:owner`);
    const arrived = await inbox.next();
    assert.deepEqual([textOf(arrived), arrived.attempt], ["stuck", 1]);
  },
);

live(
  "what Redis refuses to park is given back, and lost to nobody",
  async ({ bus: open, prefix, client }) => {
    const bus = await open();
    const queue = freshQueue();
    const base = `${prefix}q:${queue}`;
    await client.set(`${base}:parked:k`, "not a list");
    await bus.publish(queue, message("refused", { key: "k" }));
    await assert.rejects(client.eval(SCRIPTS.take, 1, base, "me", 1), /WRONGTYPE/);
    await client.del(`${base}:parked:k`);
    await client.eval(SCRIPTS.release, 1, base, "me");
    const { handler, inbox } = collecting();
    await bus.consume(queue, handler);
    const arrived = await inbox.next();
    assert.deepEqual([textOf(arrived), arrived.attempt], ["refused", 1]);
  },
);

live("queues whose names end as keys do take nothing from each other", async ({ bus: open }) => {
  const bus = await open();
  const queue = freshQueue();
  const { handler, inbox } = collecting();
  await bus.publish(`${queue}:parked`, message("other"));
  await bus.publish(queue, message("ours", { key: "3" }));
  await bus.consume(queue, handler);
  assert.equal(textOf(await inbox.next()), "ours");
});

live(
  "scripts that an operator has flushed are loaded again, and nothing is lost",
  async ({ bus: open, client }) => {
    const bus = await open();
    const queue = freshQueue();
    const { handler, inbox } = collecting();
    await bus.consume(queue, handler);
    await client.script("FLUSH");
    await soon(bus.publish(queue, message("after")), "the publish");
    assert.equal(textOf(await inbox.next()), "after");
  },
);

live("a reader that is no more leaves no name in Redis", async ({ bus: open, prefix, client }) => {
  const bus = await open();
  const queue = freshQueue();
  const { handler, inbox } = collecting();
  await using reader = await bus.consume(queue, handler);
  await bus.publish(queue, message("once"));
  await inbox.next();
  await reader[Symbol.asyncDispose]();
  await fence(bus);
  assert.deepEqual(await client.xinfo("CONSUMERS", `${prefix}q:${queue}:3`, "parley"), []);
});
