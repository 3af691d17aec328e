import { strict as assert } from "node:assert";
import { serverPrincipal } from "../../shared/model/principal.ts";
import type { PresenceChange } from "../../shared/model/presence.ts";
import type { HistoryStore } from "../../shared/store/store.ts";
import type { Roster } from "../roster.ts";
import { ADA, type Ground, ground } from "../testing/rosters.ts";
import { FakeClock } from "./fake_clock.ts";
import { History } from "./history.ts";

const principal = serverPrincipal("server_1");

interface Scene extends Ground {
  roster: Roster;
  /** What is kept of an id, oldest first: `+12 s offline: timed out`. */
  kept: (id?: string) => Promise<string[]>;
}

/** Plays with one roster, whose history is kept by what `change` makes of the store's. */
function scene(
  play: (scene: Scene) => Promise<void> | void,
  change: (history: HistoryStore) => HistoryStore = (history) => history,
): Promise<void> {
  return ground(async (ground) => {
    const { store, clock, open } = ground;
    const startedAt = clock.now();
    const changed = { roster: store.roster, history: change(store.history) };
    await using roster = await open({ store: changed });
    const kept = async (id = "agent_ada") => {
      await roster.history.kept();
      const { items } = await store.history.list(principal, id, { limit: 100 });
      return items.reverse().map(({ at, status, is_online, reason }) => {
        assert.equal(is_online, status !== "offline");
        return `+${(Date.parse(at) - startedAt) / 1000} s ${status}: ${reason}`;
      });
    };
    await play({ ...ground, roster, kept });
  });
}

Deno.test("the history has every change of an agent, with its time and reason", () =>
  scene(async ({ roster, clock, kept }) => {
    const { sessionKey } = await roster.register(ADA);
    clock.advance(1_000);
    roster.open("agent_ada", "commands")[Symbol.dispose]();
    clock.advance(1_000);
    roster.heartbeat("agent_ada", { status: "busy", metrics: {} });
    clock.advance(1_000);
    roster.heartbeat("agent_ada", { status: "idle", metrics: {} });
    roster.heartbeat("agent_ada", { status: "idle", metrics: { load: "1" } });
    clock.advance(60_000);
    roster.heardOf("agent_ada");
    roster.standing.pause("agent_ada", "web_1");
    roster.standing.pause("agent_ada", "web_1");
    roster.standing.resume("agent_ada", "web_2");
    await roster.unregister("agent_ada", "test", sessionKey);
    clock.advance(1_000);
    const stream = (await roster.register(ADA), roster.open("agent_ada", "hub"));
    roster.standing.deregister("agent_ada", "web_1");
    stream[Symbol.dispose]();
    roster.standing.reregister("agent_ada", "web_1");
    assert.deepEqual(await kept(), [
      "+0 s idle: registered",
      "+1 s offline: disconnected",
      "+2 s busy: heard of again",
      "+3 s idle: reported",
      "+63 s offline: timed out",
      "+63 s idle: heard of again",
      "+63 s paused: paused by web_1",
      "+63 s idle: resumed by web_2",
      "+63 s offline: unregistered",
      "+64 s idle: registered",
      "+64 s offline: deregistered by web_1",
      "+64 s offline: reregistered by web_1",
    ]);
  }));

Deno.test("another's word that an agent is gone counts while it is not connected here, until it is heard of", () =>
  scene(async ({ roster, kept }) => {
    await roster.register(ADA);
    roster.disconnected("agent_nobody");
    roster.disconnected("agent_ada");
    roster.heartbeat("agent_ada", { status: "idle" });
    using _stream = roster.open("agent_ada", "commands");
    roster.disconnected("agent_ada");
    const words = (await kept()).map((line) => line.replace(/^\S+ s /, ""));
    assert.deepEqual(words, ["idle: registered", "offline: disconnected", "idle: heard of again"]);
  }));

Deno.test("the history has every change of a broker", () =>
  scene(async ({ roster, clock, kept }) => {
    const { brokerId } = await roster.brokers.register({ brokerName: "B", connectionType: "websocket" });
    const socket = roster.brokers.open(brokerId, "socket");
    clock.advance(20_000);
    roster.brokers.heardOf(brokerId);
    clock.advance(21_000);
    roster.brokers.heardOf(brokerId);
    socket[Symbol.dispose]();
    assert.deepEqual(await kept(brokerId), [
      "+0 s offline: registered",
      "+0 s idle: connected",
      "+41 s offline: timed out",
      "+41 s idle: heard of again",
      "+41 s offline: disconnected",
    ]);
  }));

Deno.test("what happens in one moment stands in the history change by change, though it is told once", () =>
  scene(async ({ roster, kept }) => {
    await roster.register(ADA);
    for (let flap = 0; flap < 20; flap++) roster.open("agent_ada", "commands")[Symbol.dispose]();
    const words = (await kept()).map((line) => line.replace(/^.*: /, ""));
    assert.deepEqual(words.slice(0, 4), ["registered", "disconnected", "connected", "disconnected"]);
    assert.equal(words.length, 40);
  }));

Deno.test("a store that fails loses no change", () => {
  let isDown = true;
  return scene(async ({ roster, clock, kept }) => {
    await roster.register(ADA);
    roster.open("agent_ada", "commands")[Symbol.dispose]();
    assert.deepEqual(await kept(), []);
    isDown = false;
    clock.advance(1_000);
    const words = (await kept()).map((line) => line.replace(/^.*: /, ""));
    assert.deepEqual(words, ["registered", "disconnected"]);
  }, (history) => ({
    add: (...given) => isDown ? Promise.reject(new Error("down")) : history.add(...given),
    list: (...given) => history.list(...given),
    lastBefore: (...given) => history.lastBefore(...given),
    prune: (...given) => history.prune(...given),
  }));
});

Deno.test("a store that fails is tried once a second, however much changes, and with the rest at the end", async () => {
  const clock = new FakeClock();
  const [tries, kept]: [number[], PresenceChange[]] = [[], []];
  let isDown = true;
  const store = {
    add: (_: unknown, changes: PresenceChange[]) => {
      tries.push(clock.now());
      if (isDown) return Promise.reject(new Error("down"));
      kept.push(...changes);
      return Promise.resolve();
    },
  } as unknown as HistoryStore;
  const history = new History({ store, principal, clock });
  const change = (isOnline: boolean) =>
    history.note({ id: "agent_ada", kind: "agent", isOnline, status: isOnline ? "idle" : "offline" }, "test");
  for (let changes = 0; changes < 20; changes++) {
    change(changes % 2 === 0);
    await history.kept();
  }
  assert.equal(tries.length, 1);
  clock.advance(1_000);
  await history.kept();
  assert.equal(tries.length, 2);
  isDown = false;
  await history[Symbol.asyncDispose]();
  assert.equal(kept.length, 20);
});

Deno.test("old history is dropped every hour", () => {
  const pruned: unknown[] = [];
  return scene(({ clock }) => {
    clock.advance(3 * 60 * 60 * 1_000);
    assert.equal(pruned.length, 3);
    assert.deepEqual(pruned[0], ["2025-10-03T01:00:00.000Z", 100_000]);
  }, (history) => ({
    add: (...given) => history.add(...given),
    list: (...given) => history.list(...given),
    lastBefore: (...given) => history.lastBefore(...given),
    prune: (_, ...given) => Promise.resolve(void pruned.push(given)),
  }));
});

Deno.test("whoever was online when a server ended went offline then: when it was last seen, or when it ended well", () =>
  ground(async ({ store, clock, open }) => {
    const first = await open();
    await first.register(ADA);
    const stream = first.open("agent_ada", "commands");
    clock.advance(90_000);
    first.freeze();
    stream[Symbol.dispose]();
    await first[Symbol.asyncDispose]();
    clock.advance(60_000);
    await using second = await open({ serverId: "server_2" });
    assert.equal(second.list()[0]?.is_online, false);
    assert.equal(second.list()[0]?.last_seen, new Date(clock.now() - 60_000).toISOString());
    second.heartbeat("agent_ada", { status: "idle", metrics: {} });
    await second.history.kept();
    const { items } = await store.history.list(principal, "agent_ada", { limit: 2 });
    assert.deepEqual(items.map(({ at, reason }) => [reason, Date.parse(at) - clock.now()]), [
      ["heard of again", 0],
      ["server restarted", -60_000],
    ]);
  }));

Deno.test("of an agent that did not come back between two restarts nothing is known after the first", () =>
  ground(async ({ store, clock, open }) => {
    const first = await open();
    await first.register(ADA);
    const diedAt = clock.now();
    await first[Symbol.asyncDispose]();
    for (let restarts = 0; restarts < 2; restarts++) {
      clock.advance(60_000);
      const next = await open();
      clock.advance(3_000);
      await next[Symbol.asyncDispose]();
    }
    await using last = await open();
    assert.equal(last.list()[0]?.last_seen, new Date(diedAt).toISOString());
    await last.history.kept();
    const { items } = await store.history.list(principal, "agent_ada", { limit: 10 });
    assert.deepEqual(items.map(({ reason }) => reason), ["server restarted", "registered"]);
  }));

Deno.test("when too much waits to be written, what is being written is not dropped, and nothing is written twice", async () => {
  const kept: number[] = [];
  const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const store = {
    add: async (_: unknown, changes: PresenceChange[]) => {
      begun.resolve();
      await goOn.promise;
      kept.push(...changes.map(({ reason }) => Number(reason)));
    },
  } as unknown as HistoryStore;
  const history = new History({ store, principal, clock: new FakeClock() });
  const ada = { id: "agent_ada", kind: "agent", isOnline: true, status: "idle" } as const;
  history.noteEvent(ada, "0");
  await begun.promise;
  for (let count = 1; count <= 100_001; count++) history.noteEvent(ada, String(count));
  goOn.resolve();
  await history[Symbol.asyncDispose]();
  assert.equal(new Set(kept).size, kept.length);
  assert.deepEqual([kept[0], kept[1], kept.at(-1)], [0, 1_001, 100_001]);
});

Deno.test("an agent that had just left when its server was killed did not go offline twice", () =>
  ground(async ({ store, clock, open }) => {
    const killed = await open();
    await killed.register(ADA);
    const stream = killed.open("agent_ada", "commands");
    clock.advance(10_000);
    const rows = await store.roster.list(principal);
    stream[Symbol.dispose]();
    await killed.history.kept();
    await killed[Symbol.asyncDispose]();
    for (const row of rows) await store.roster.save(principal, row);
    await using last = await open();
    assert.equal(last.list()[0]?.is_online, false);
    await last.history.kept();
    const { items } = await store.history.list(principal, "agent_ada", { limit: 10 });
    assert.deepEqual(items.map(({ reason }) => reason), ["disconnected", "registered"]);
  }));

Deno.test("an agent that was just heard of again when its server was killed went offline with it", () =>
  ground(async ({ store, clock, open }) => {
    const first = await open();
    await first.register(ADA);
    await first[Symbol.asyncDispose]();
    clock.advance(5_000);
    const killed = await open();
    killed.heartbeat("agent_ada", { status: "idle", metrics: {} });
    await killed.history.kept();
    clock.advance(500);
    // What it would still have written is lost with it.
    const rows = await store.roster.list(principal);
    await killed[Symbol.asyncDispose]();
    for (const row of rows) await store.roster.save(principal, row);
    await using last = await open();
    await last.history.kept();
    const { items } = await store.history.list(principal, "agent_ada", { limit: 2 });
    assert.deepEqual(items.map(({ reason }) => reason), ["server restarted", "heard of again"]);
  }));
