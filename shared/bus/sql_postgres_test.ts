import { strict as assert } from "node:assert";
import { ConfigError } from "../config.ts";
import { busConformance } from "./conformance.ts";
import { collecting, freshQueue, holding, Inbox, message, textOf } from "./conformance/inbox.ts";
import { openPostgresBus } from "./sql_postgres.ts";
import { eventOf, sayingOf } from "./sql_postgres_event.ts";
import { live, missingPostgres, openTestDatabase, type TestDatabase } from "./testing/postgres.ts";
import { openPostgresRig } from "./testing/postgres_rig.ts";

const missing = await missingPostgres();
/** In CI a missing PostgreSQL is a failure of each test, not a reason to leave it out. */
const ignore = Deno.env.get("CI") === "true" ? undefined : missing;

let database: TestDatabase | undefined;
Deno.test.beforeAll(async () => {
  if (missing === undefined) database = await openTestDatabase();
});
Deno.test.afterAll(async () => {
  await database?.[Symbol.asyncDispose]();
});

busConformance({ name: "postgres", open: () => Promise.resolve(openPostgresRig(database!)), ignore });

await live(
  "two that open an empty database at once make its tables once, and both work",
  async (database) => {
    const buses = await Promise.all([1, 2, 3].map(() => openPostgresBus(database.url())));
    const queue = freshQueue();
    await Promise.all(buses.map((bus, index) => bus.publish(queue, message(String(index)))));
    const { handler, inbox } = collecting();
    await buses[0]!.consume(queue, handler);
    assert.deepEqual((await inbox.take(3)).map(textOf).sort(), ["0", "1", "2"]);
    await Promise.all(buses.map((bus) => bus[Symbol.asyncDispose]()));
  },
);

await live("a role without the right to make tables uses those that are there", async (database) => {
  const role = `role_${crypto.randomUUID().slice(0, 8)}`;
  await openPostgresBus(database.url()).then(async (bus) => {
    await bus.stats();
    await bus.publish("q", message("by the owner"));
    await bus[Symbol.asyncDispose]();
  });
  await database.run(`create role ${role} login`);
  try {
    await database.run(`grant select, insert, update, delete on all tables in schema public to ${role}`);
    const url = new URL(database.url());
    url.username = role;
    await using bus = await openPostgresBus(url.href);
    const { handler, inbox } = collecting();
    await bus.consume("q", handler);
    await bus.publish("q", message("by the other"));
    assert.deepEqual((await inbox.take(2)).map(textOf), ["by the owner", "by the other"]);
  } finally {
    await database.run(`drop owned by ${role}`);
    await database.run(`drop role ${role}`);
  }
});

await live("a role that may not make the tables that are missing is told what to do", async (database) => {
  const role = `role_${crypto.randomUUID().slice(0, 8)}`;
  await database.run(`create role ${role} login`);
  try {
    const url = new URL(database.url());
    url.username = role;
    const details = new Inbox<string>();
    await using _bus = await openPostgresBus(url.href, { onStateChange: (_, detail) => details.put(detail) });
    assert.match(await details.next(), /does not let this user make .*administrator.*\?schema=/);
  } finally {
    await database.run(`drop role ${role}`);
  }
});

await live("a row that cannot be read goes to the dead letters, and its key goes on", async (database) => {
  await using bus = await openPostgresBus(database.url());
  for (const text of ["a1", "a2"]) await bus.publish("q", message(text, { key: "a" }));
  await bus.publish("pulled", message("b1"));
  await database.run("update parley_bus_messages set head = 'spoilt' where position <> 2");
  const [dead, read] = [collecting(), collecting()];
  await bus.consume("dead_letter_queue", dead.handler);
  await bus.consume("q", read.handler, { prefetch: 1 });
  assert.equal(textOf(await read.inbox.next()), "a2");
  assert.deepEqual(await bus.pull("pulled", { limit: 1 }), []);
  assert.deepEqual((await dead.inbox.take(2)).map(textOf).sort(), ["a1", "b1"]);
});

await live("a schema of its own keeps queues and events apart from another's", async (database) => {
  const url = (schema: string) => `${database.url()}?schema=${schema}`;
  await using one = await openPostgresBus(url("one"));
  await using two = await openPostgresBus(url("Two%20two"));
  const [inOne, inTwo] = [new Inbox<unknown>(), new Inbox<unknown>()];
  await one.subscribe("topic", (event) => inOne.put(event));
  await two.subscribe("topic", (event) => inTwo.put(event));
  await one.emit("topic", "for one");
  await two.emit("topic", "for two");
  assert.deepEqual([await inOne.next(), await inTwo.next()], ["for one", "for two"]);
  const { handler, inbox } = collecting();
  await two.consume("q", handler);
  await one.publish("q", message("in one"));
  await two.publish("q", message("in two"));
  assert.equal(textOf(await inbox.next()), "in two");
  assert.deepEqual(await one.stats(), [{ queue: "q", ready: 1, inFlight: 0, consumers: 0 }]);
});

await live("those who find the same tables by other search paths hear each other", async (database) => {
  await using one = await openPostgresBus(database.url());
  await one.publish("q", message("the tables are made"));
  await database.run("create schema mine");
  await using two = await openPostgresBus(`${database.url()}?options=-csearch_path%3Dmine,public`);
  const inbox = new Inbox<unknown>();
  await two.subscribe("topic", (event) => inbox.put(event));
  await one.emit("topic", "heard");
  assert.equal(await inbox.next(), "heard");
});

await live(
  "an event of any size reaches its subscriber, each once, in order, also where two say the same",
  async (database) => {
    await using one = await openPostgresBus(database.url());
    await using two = await openPostgresBus(database.url());
    // Nothing is told before there is a connection.
    await one.publish("q", message("connected"));
    const inbox = new Inbox<unknown>();
    await two.subscribe('a "topic"\nof two lines', (event) => inbox.put(event));
    const events = ["same", "same", "ä".repeat(100_000), { small: true }, "x".repeat(7_900), "\0"];
    for (const event of events) await one.emit('a "topic"\nof two lines', event);
    for (const event of events) assert.deepEqual(await inbox.next(), event);
  },
);

await live(
  "messages with one key keep their order among many readers, and are spread by key",
  async (database) => {
    const buses = await Promise.all([1, 2, 3].map(() => openPostgresBus(database.url())));
    const queue = freshQueue();
    const keys = Array.from({ length: 20 }, (_, index) => `conv_${index}`);
    const done = new Inbox<string>();
    const running = new Map<string, number>();
    const readers = new Set<number>();
    for (const [number, bus] of buses.entries()) {
      await bus.consume(queue, async (delivery) => {
        const key = delivery.envelope.key!;
        assert.ok((running.get(key) ?? number) === number, `two readers have ${key} at once`);
        running.set(key, number);
        readers.add(number);
        await new Promise((resolve) => setImmediate(resolve));
        running.delete(key);
        done.put(`${key} ${textOf(delivery)}`);
      }, { prefetch: 1 });
    }
    for (let round = 0; round < 20; round++) {
      await Promise.all(keys.map((key) => buses[round % 3]!.publish(queue, message(String(round), { key }))));
    }
    const came = await done.take(keys.length * 20);
    for (const key of keys) {
      const rounds = came.filter((each) => each.startsWith(`${key} `)).map((each) =>
        Number(each.split(" ")[1])
      );
      assert.deepEqual(rounds, rounds.toSorted((a, b) => a - b), key);
    }
    assert.equal(readers.size, 3, "each reader had its share");
    await Promise.all(buses.map((bus) => bus[Symbol.asyncDispose]()));
  },
);

await live("two that claim at the same moment never have messages of one key both", async (database) => {
  const buses = await Promise.all([1, 2].map(() => openPostgresBus(database.url())));
  for (let round = 0; round < 100; round++) {
    const queue = freshQueue();
    await Promise.all(["a1", "a2"].map((text) => buses[0]!.publish(queue, message(text, { key: "a" }))));
    const claimed = await Promise.all(buses.map((bus) => bus.pull(queue, { limit: 1 })));
    assert.deepEqual(claimed.flat().map(textOf), ["a1"]);
  }
  await Promise.all(buses.map((bus) => bus[Symbol.asyncDispose]()));
});

await live("nothing is left of readers that ended in good order, nor of what was read", async (database) => {
  const bus = await openPostgresBus(database.url());
  const queue = freshQueue();
  const { handler, inbox } = holding();
  await bus.consume(queue, handler);
  await bus.publish(queue, message("read"));
  const held = await inbox.next();
  await bus.publish(queue, message("expired"), { expiresMs: 0 });
  held.finish();
  await bus[Symbol.asyncDispose]();
  await using looking = await openPostgresBus(database.url());
  await looking.publish("other", message("stays"));
  const left = "select queue from parley_bus_messages where expires_at is null or expires_at > now()";
  assert.deepEqual(await database.run(left), [{ queue: "other" }]);
  const owners = await database.run("select count(*)::integer as count from parley_bus_readers");
  assert.deepEqual(owners, [{ count: 1 }]);
});

const REFUSED: [what: string, change: (url: URL) => void, says: RegExp][] = [
  ["a database that is not there", (url) => url.pathname = "/nowhere", /has no such database.*BUS_URL/],
  ["a user that is not there", (url) => url.username = "nobody_at_all", /refused the user.*BUS_URL/],
];

for (const [what, change, says] of REFUSED) {
  await live(`${what} is told as what it is, with the variable to look at`, async (database) => {
    const url = new URL(database.url());
    url.password = "hush";
    change(url);
    const details = new Inbox<string>();
    await using _bus = await openPostgresBus(url.href, { onStateChange: (_, detail) => details.put(detail) });
    const detail = await details.next();
    assert.match(detail, says);
    assert.doesNotMatch(detail, /hush/);
  });
}

for (
  const url of [
    "postgres://me:hu/sh@127.0.0.1/db",
    "postgres://me:hush@127.0.0.1:x/db",
    "postgres://me:100%@h/db",
  ]
) {
  Deno.test(`openPostgresBus() says what to do with ${url}, and shows no password`, () => {
    assert.throws(() => openPostgresBus(url), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, /^BUS_URL: .*special characters of the user and password as %XX/);
      assert.doesNotMatch(error.message, /hu\/sh|hush|100%@/);
      return true;
    });
  });
}

Deno.test("an event is read from its notification as it was written", () => {
  const event = { topic: 'a "b"\nc 1', json: '{"d":"e f"}' };
  assert.deepEqual(eventOf(sayingOf(12, event)), event);
  assert.equal(eventOf("@34"), "34");
});
