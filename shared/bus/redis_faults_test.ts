/** What becomes of messages when Redis is mistreated: each test has a Redis of its own, which nobody else misses. */
import { strict as assert } from "node:assert";
import { configure, type LogRecord, reset } from "@logtape/logtape";
import { ConfigError } from "../config.ts";
import { ParleyError } from "../error.ts";
import type { MessageBus } from "./bus.ts";
import { collecting, freshQueue, Inbox, message, soon, textOf } from "./conformance/inbox.ts";
import { openRedisBus, type RedisBusOptions } from "./redis.ts";
import { withRetry } from "./retry.ts";
import { openProxy } from "./testing/proxy.ts";
import { missingRedis, openRedis, type RedisServer, startRedis } from "./testing/redis.ts";

const missing = await missingRedis();
const ignore = Deno.env.get("CI") === "true" ? undefined : missing;

interface Trial {
  redis: RedisServer;
  /** Opens a bus on it, until the test ends. */
  bus(options?: RedisBusOptions, url?: string): Promise<MessageBus>;
  states: Inbox<string>;
}

function faulty(name: string, run: (trial: Trial) => Promise<void>, settings: string[] = []): void {
  Deno.test({
    name: `redis: ${name}${ignore ? ` (${ignore})` : ""}`,
    ignore: ignore !== undefined,
    async fn() {
      await using opened = new AsyncDisposableStack();
      const redis = opened.use(await startRedis(...settings));
      const states = new Inbox<string>();
      const onStateChange = (state: string, detail: string) => states.put(`${state}: ${detail}`);
      const bus = async (options?: RedisBusOptions, url = redis.url) =>
        opened.use(await openRedisBus(url, { onStateChange, ...options }));
      await run({ redis, bus, states });
    },
  });
}

/** Waits until the bus has said that it is (or is not) connected. */
async function until(states: Inbox<string>, state: RegExp): Promise<string> {
  for (;;) {
    const said = await states.next(`the state ${state}`);
    if (state.test(said)) return said;
  }
}

const isUnavailable = (error: unknown) => error instanceof ParleyError && error.code === "unavailable";

faulty(
  "connections that an operator kills come back, and nothing that was accepted is lost",
  async (trial) => {
    const [writer, reader] = [await trial.bus(), await trial.bus()];
    await using operator = await openRedis(trial.redis.port);
    const queue = freshQueue();
    const arrived = new Inbox<string>();
    await reader.consume(queue, (delivery) => Promise.resolve(arrived.put(textOf(delivery))));
    const texts = Array.from({ length: 500 }, (_, index) => String(index));
    const published = texts.map((text) => writer.publish(queue, message(text)));
    for (const type of ["normal", "pubsub", "normal"]) {
      await operator.client.call("CLIENT", "KILL", "TYPE", type, "SKIPME", "yes");
      await until(trial.states, /^connecting/);
      await soon(writer.publish(queue, message(`after ${type}`)), "a publish after the kill");
    }
    await soon(Promise.all(published), "every confirmation");
    const missing = new Set(texts);
    while (missing.size > 0) missing.delete(await arrived.next(`${missing.size} messages`));
  },
);

faulty("who waits for a message while the connection is lost gets what came meanwhile", async (trial) => {
  await using proxy = openProxy({ hostname: "127.0.0.1", port: trial.redis.port });
  const reader = await trial.bus({}, `redis://127.0.0.1:${proxy.port}`);
  await using writer = await openRedisBus(trial.redis.url);
  const queue = freshQueue();
  const asked = reader.pull(queue, { limit: 1, blockMs: 60_000 });
  await proxy.cut({ refuse: true });
  await until(trial.states, /^connecting/);
  await writer.publish(queue, message("meanwhile"));
  proxy.mend();
  const [pulled] = await soon(asked, "what was asked for");
  assert.equal(pulled && textOf(pulled), "meanwhile");
  await pulled?.settle({ kind: "ack" });
  // The proxy goes first when the test ends.
  await reader[Symbol.asyncDispose]();
});

faulty(
  "a Redis that hangs is noticed, publishing throws in time, and what was accepted arrives later",
  async (trial) => {
    const bus = await trial.bus({ commandTimeoutMs: 1_500, timeoutMs: 3_000 });
    await until(trial.states, /^connected/);
    const queue = freshQueue();
    const { handler, inbox } = collecting();
    await bus.publish(queue, message("before"));
    trial.redis.signal("SIGSTOP");
    await assert.rejects(bus.publish(queue, message("meanwhile")), isUnavailable);
    assert.match(await until(trial.states, /^connecting/), /Redis at 127\.0\.0\.1:\d+ cannot be reached/);
    trial.redis.signal("SIGCONT");
    await until(trial.states, /^connected/);
    await bus.consume(queue, handler);
    assert.equal(textOf(await inbox.next()), "before");
  },
);

faulty(
  "a pause of Redis that is longer than its patience delays what is published, and loses nothing",
  async (trial) => {
    const bus = await trial.bus({ commandTimeoutMs: 700 });
    await using operator = await openRedis(trial.redis.port);
    const queue = freshQueue();
    const { handler, inbox } = collecting();
    await bus.consume(queue, handler);
    await operator.client.call("CLIENT", "PAUSE", "2000");
    await soon(bus.publish(queue, message("in the pause")), "the publish");
    assert.equal(textOf(await inbox.next()), "in the pause");
  },
);

const KEPT = ["--appendonly", "yes", "--appendfsync", "always"];

faulty(
  "what was accepted outlives a killed Redis that appends to its file, and the bus says so",
  async (trial) => {
    const bus = withRetry(await trial.bus());
    assert.equal(bus.traits.durable, true);
    const queue = freshQueue();
    await Promise.all(["a", "b"].map((text) => bus.publish(queue, message(text, { key: "k" }))));
    await bus.publish(queue, message("later"), { delayMs: 1 });
    trial.redis.signal("SIGKILL");
    await until(trial.states, /^connecting/);
    const meanwhile = bus.publish(queue, message("meanwhile"));
    await trial.redis.restart();
    await soon(meanwhile, "the publish");
    const { handler, inbox } = collecting();
    await bus.consume(queue, handler);
    const texts = (await inbox.take(4)).map(textOf);
    assert.deepEqual(texts.toSorted(), ["a", "b", "later", "meanwhile"]);
  },
  KEPT,
);

faulty("a reader goes on after a Redis that keeps nothing was started anew", async (trial) => {
  const bus = await trial.bus();
  assert.equal(bus.traits.durable, false);
  const queue = freshQueue();
  const { handler, inbox } = collecting();
  await bus.consume(queue, handler);
  await bus.publish(queue, message("before"));
  await inbox.next();
  trial.redis.signal("SIGKILL");
  await until(trial.states, /^connecting/);
  await trial.redis.restart();
  await until(trial.states, /^connected/);
  await soon(bus.publish(queue, message("after")), "the publish");
  assert.equal(textOf(await inbox.next()), "after");
});

faulty(
  "a full Redis refuses what is published and says why, and what waits can still be read",
  async (trial) => {
    const bus = await trial.bus();
    await using operator = await openRedis(trial.redis.port);
    const queue = freshQueue();
    for (const text of ["a", "b", "c"]) await bus.publish(queue, message(text, { key: "k" }));
    await operator.client.config("SET", "maxmemory", "1");
    await assert.rejects(bus.publish(queue, message("too much")), (error) => {
      return isUnavailable(error) && /is full.*maxmemory/.test((error as Error).message);
    });
    const { handler, inbox } = collecting();
    await bus.consume(queue, handler, { prefetch: 1 });
    assert.deepEqual((await inbox.take(3)).map(textOf), ["a", "b", "c"]);
    await operator.client.config("SET", "maxmemory", "0");
    await bus.publish(queue, message("room again"));
    assert.equal(textOf(await inbox.next()), "room again");
  },
);

faulty("a wrong password is told as what it is, and never shown", async ({ bus: open, redis, states }) => {
  await using bus = await open({ timeoutMs: 50 }, redis.url.replace("//", "//:hunter2@"));
  const state = await until(states, /^connecting/);
  assert.match(state, /refused the user or the password.*BUS_URL/);
  assert.doesNotMatch(state, /hunter2/);
  await assert.rejects(bus.publish("q", message("waits")), isUnavailable);
  await assert.rejects(bus.pull("q", { limit: 1 }), isUnavailable);
}, ["--requirepass", "secret"]);

/** As the README has it. */
const PERMISSIONS = "~parley:* &parley:* +@read +@write +@scripting +@pubsub +@connection +info +time".split(
  " ",
);

faulty("a user needs no more permissions than the README names", async ({ bus: open, redis }) => {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  assert.ok(readme.includes(PERMISSIONS.join(" ")));
  await using operator = await openRedis(redis.port);
  await operator.client.call("ACL", ["SETUSER", "ada", "on", ">secret", ...PERMISSIONS]);
  const bus = await open({ leaseMs: 60 }, redis.url.replace("//", "//ada:secret@"));
  const [{ handler, inbox }, events] = [collecting(), new Inbox<unknown>()];
  await bus.subscribe("topic", (event) => events.put(event));
  await bus.emit("topic", 1);
  assert.equal(await events.next(), 1);
  await bus.consume("q", handler);
  await bus.publish("q", message("tended meanwhile", { key: "k" }), { delayMs: 100, expiresMs: 60_000 });
  await inbox.next();
  assert.equal((await bus.stats())[0]?.consumers, 1);
  await bus[Symbol.asyncDispose]();
  assert.deepEqual(await operator.client.call("ACL", "LOG"), []);
});

faulty("a reader whom Redis does not let listen is told so", async ({ bus: open, redis }) => {
  await using operator = await openRedis(redis.port);
  const permissions = PERMISSIONS.filter((one) => !one.startsWith("&"));
  await operator.client.call("ACL", ["SETUSER", "ada", "on", ">secret", "resetchannels", ...permissions]);
  const bus = await open({}, redis.url.replace("//", "//ada:secret@"));
  await assert.rejects(bus.consume("q", () => Promise.resolve()), (error) => {
    return isUnavailable(error) && /does not let this user/.test((error as Error).message);
  });
});

faulty("whoever runs Redis is told once what it should be set to", async ({ bus: open, redis, states }) => {
  const records: LogRecord[] = [];
  await configure({
    sinks: { memory: (record) => void records.push(record) },
    loggers: [
      { category: "parley", lowestLevel: "warning", sinks: ["memory"] },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: [] },
    ],
  });
  await using operator = await openRedis(redis.port);
  await open();
  await until(states, /^connected/);
  await operator.client.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
  await until(states, /^connected/);
  await reset();
  const advices = records.map(({ properties }) => String(properties.advice ?? "")).filter(Boolean);
  assert.equal(advices.length, 2);
  assert.match(advices.join(), /appendonly yes.*maxmemory-policy noeviction/);
}, ["--maxmemory-policy", "allkeys-lru"]);

faulty("a replica is waited for until it takes messages", async ({ bus: open, redis, states }) => {
  await using operator = await openRedis(redis.port);
  await operator.client.call("REPLICAOF", "127.0.0.1", "1");
  const bus = await open();
  assert.match(await until(states, /^connecting/), /is a replica, which takes nothing/);
  const published = bus.publish("q", message("waits"));
  await operator.client.call("REPLICAOF", "NO", "ONE");
  await soon(published, "the publish");
});

Deno.test("redis: one that is too old is refused when the bus is opened, with what is needed", async () => {
  await using old = answering("redis_version:5.0.7\r\n");
  await assert.rejects(openRedisBus(`redis://127.0.0.1:${old.port}`), (error) => {
    return error instanceof ConfigError &&
      /127\.0\.0\.1:\d+ is Redis 5\.0\.7, and 6\.2 or newer is needed/.test(error.message);
  });
});

Deno.test("redis: while it is away the bus opens all the same, says so, and publishes wait for a time", async () => {
  const states = new Inbox<string>();
  await using bus = await openRedisBus("redis://ada:hunter2@127.0.0.1:1", {
    onStateChange: (state, detail) => states.put(`${state}: ${detail}`),
    timeoutMs: 50,
  });
  const state = await states.next("the state");
  assert.match(state, /^connecting: Redis at 127\.0\.0\.1:1 cannot be reached/);
  assert.ok(!state.includes("hunter2"));
  await assert.rejects(bus.publish("q", message("waits")), isUnavailable);
  assert.deepEqual(await bus.stats(), []);
  const ending = new AbortController();
  const reading = bus.consume("q", () => Promise.resolve(), { signal: ending.signal });
  ending.abort();
  await assert.rejects(reading, (error) => error instanceof ParleyError && error.code === "cancelled");
});

/** Stands for a Redis that answers whatever it is asked with the same text. */
function answering(text: string): AsyncDisposable & { port: number } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const answer = new TextEncoder().encode(`$${text.length}\r\n${text}\r\n`);
  const serving: Promise<void>[] = [];
  const serve = async (connection: Deno.Conn) => {
    try {
      for await (const asked of connection.readable.pipeThrough(new TextDecoderStream())) {
        for (const _ of asked.matchAll(/^\*\d+/gm)) await connection.write(answer);
      }
    } catch { /* The other side has gone. */ }
  };
  const accepting = (async () => {
    for await (const connection of listener) serving.push(serve(connection));
  })();
  return {
    port: listener.addr.port,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      await Promise.all(serving);
    },
  };
}
