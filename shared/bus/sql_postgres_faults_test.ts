// What goes wrong between the bus and PostgreSQL: connections that end or hang, processes that die, tables that go.

import { strict as assert } from "node:assert";
import { SilentProxy } from "../../tests/e2e/silent_proxy.ts";
import { ParleyError } from "../error.ts";
import type { MessageBus } from "./bus.ts";
import {
  aborted,
  collecting,
  freshQueue,
  holding,
  Inbox,
  message,
  soon,
  textOf,
} from "./conformance/inbox.ts";
import { openPostgresBus } from "./sql_postgres.ts";
import { live, postgresAddress, type TestDatabase } from "./testing/postgres.ts";
import { openPostgresRig } from "./testing/postgres_rig.ts";

const isUnavailable = (error: unknown) => error instanceof ParleyError && error.code === "unavailable";

/** Sends a message from one bus to another, which holds it; gives how it is held. */
async function handOver(from: MessageBus, to: MessageBus, text = "precious") {
  const queue = freshQueue();
  const { handler, inbox } = holding();
  const subscription = await to.consume(queue, handler);
  await from.publish(queue, message(text));
  return { queue, subscription, held: await inbox.next(), inbox };
}

/** Tells until when, in milliseconds since 1970, the reader of what is in `queue` has its lease. */
async function leaseOf(database: TestDatabase, queue: string): Promise<number> {
  const owned = "select leased_until from parley_bus_messages join parley_bus_readers using (owner)";
  const [reader] = await database.run(`${owned} where queue = $1`, [queue]);
  return Number(reader!.leased_until);
}

await live("connections that an administrator ends come back, and lose nothing", async (database) => {
  await using bus = await openPostgresBus(database.url());
  const queue = freshQueue();
  const arrived = new Inbox<string>();
  await bus.consume(queue, (delivery) => Promise.resolve(arrived.put(textOf(delivery))));
  const missing = new Set<string>();
  const sessions = () =>
    database.run("select pid from pg_stat_activity where application_name = 'parley bus' order by pid");
  // Each of the three in turn: whichever is lost, the others go with it.
  for (let time = 0; time < 3; time++) {
    const published = Array.from({ length: 50 }, (_, index) => {
      missing.add(`${time} ${index}`);
      return bus.publish(queue, message(`${time} ${index}`));
    });
    const pid = (await sessions())[time]!.pid;
    await database.run("select pg_terminate_backend($1)", [pid]);
    await soon(Promise.all(published), "every confirmation");
    await bus.publish(queue, message("after"));
  }
  while (missing.size > 0) missing.delete(await arrived.next(`${missing.size} messages`));
});

await live("tables that were dropped under our feet are made again", async (database) => {
  await using bus = await openPostgresBus(database.url());
  await bus.publish("q", message("lost with its table"));
  await database.run("drop table parley_bus_messages, parley_bus_readers, parley_bus_events");
  await bus.publish("q", message("after"));
  const { handler, inbox } = collecting();
  await bus.consume("q", handler);
  assert.equal(textOf(await inbox.next()), "after");
});

await live(
  "a living reader keeps its message however long it takes, and a dead one's lease ends",
  async (database) => {
    // Short enough to wait for, long enough for a machine that stands still a moment.
    const leaseMs = 3_000;
    await using cable = new SilentProxy(postgresAddress().port);
    await using living = await openPostgresBus(database.url(), { leaseMs });
    const kept = await handOver(living, living, "kept");
    await using hung = await openPostgresBus(database.url(cable.port), {
      leaseMs,
      statementTimeoutMs: leaseMs,
    });
    const lost = await handOver(living, hung, "lost");
    cable.pull();
    const first = await leaseOf(database, kept.queue);
    const { handler, inbox } = collecting();
    await living.consume(lost.queue, handler);
    const again = await inbox.next("what the hung reader had");
    assert.deepEqual([textOf(again), again.attempt], ["lost", 2]);
    await soon(aborted(lost.held.signal), "the hung reader hears of it");
    const renewals = async () => {
      while (await leaseOf(database, kept.queue) < first + leaseMs) await living.stats();
    };
    await soon(renewals(), "the end of the lease that was there first");
    assert.deepEqual(kept.inbox.rest(), []);
    kept.held.finish();
  },
);

await live(
  "while the database hangs publishing throws in time, and goes on when it answers again",
  async (database) => {
    await using cable = new SilentProxy(postgresAddress().port);
    const states = new Inbox<string>();
    await using maker = await openPostgresBus(database.url());
    // It makes the tables, which takes as long as the disk does.
    await maker.publish("q", message("first"));
    await using bus = await openPostgresBus(database.url(cable.port), {
      onStateChange: (state) => states.put(state),
      statementTimeoutMs: 1_500,
      timeoutMs: 3_000,
    });
    await bus.publish("q", message("before"));
    assert.equal(await states.next(), "connected");
    cable.pull();
    await assert.rejects(soon(bus.publish("q", message("refused")), "the refusal"), isUnavailable);
    assert.equal(await states.next(), "connecting");
    cable.plug();
    for (let state = await states.next(); state !== "connected";) state = await states.next();
    await bus.publish("q", message("after"));
  },
);

await live("what a publisher delayed and did not live to see is brought by another", async (database) => {
  await using rig = openPostgresRig(database);
  const [dying, living] = [await rig.member(), await rig.member()];
  const queue = freshQueue();
  const { handler, inbox } = collecting();
  await living.bus.consume(queue, handler);
  await dying.bus.publish(queue, message("legacy"), { delayMs: 300 });
  await dying.kill();
  assert.equal(textOf(await inbox.next()), "legacy");
});

Deno.test("postgres: at a closed port publishing throws in time, and why is told without the password", async () => {
  const states = new Inbox<string>();
  await using bus = await openPostgresBus("postgres://me:hush@127.0.0.1:1/db", {
    onStateChange: (state, detail) => states.put(`${state}: ${detail}`),
    timeoutMs: 50,
  });
  const state = await states.next();
  assert.match(state, /^connecting: PostgreSQL at 127\.0\.0\.1:1 cannot be reached: .*ECONNREFUSED/);
  assert.doesNotMatch(state, /hush/);
  await assert.rejects(bus.publish("q", message("waits")), isUnavailable);
  await assert.rejects(bus.pull("q", { limit: 1 }), isUnavailable);
});

Deno.test("postgres: a reader that is ended while the database is away has never begun, and hinders no closing", async () => {
  await using bus = await openPostgresBus("postgres://127.0.0.1:1/db");
  const ending = new AbortController();
  const reading = bus.consume("q", () => Promise.resolve(), { signal: ending.signal });
  ending.abort();
  await assert.rejects(reading, (error) => error instanceof ParleyError && error.code === "cancelled");
});

Deno.test("postgres: who waits for events while the database is away hinders no closing", async () => {
  const bus = await openPostgresBus("postgres://127.0.0.1:1/db");
  const subscribing = bus.subscribe("topic", () => {});
  await bus[Symbol.asyncDispose]();
  await soon(subscribing, "the end of the waiting");
});
