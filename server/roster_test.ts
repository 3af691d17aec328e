import { strict as assert } from "node:assert";
import { ParleyError } from "../shared/error.ts";
import type { AgentInfo } from "../shared/model/agent.ts";
import { openStore } from "../shared/store/open.ts";
import type { Store } from "../shared/store/store.ts";
import { FakeClock } from "./presence/fake_clock.ts";
import { type AgentRegistration, openRoster, type Roster } from "./roster.ts";

const CONFIG = { AGENT_HEARTBEAT_INTERVAL: 30, AGENT_INACTIVITY_TIMEOUT: 15 };
const ADA: AgentRegistration = {
  agentId: "agent_ada",
  agentName: "Ada",
  connectionType: "grpc",
  delivery: "queue",
};
const DAY_MS = 24 * 60 * 60 * 1000;

interface Scene {
  roster: Roster;
  clock: FakeClock;
  store: Store;
  /** What listeners were told, one entry a telling: `agent_ada online`. */
  told: string[][];
}

const inWords = (info: AgentInfo) =>
  `${info.agent_id} ${info.removed ? "removed" : info.is_online ? info.status : "offline"}`;

async function scene(play: (scene: Scene) => Promise<void>): Promise<void> {
  await using store = await openStore("sqlite::memory:");
  const clock = new FakeClock();
  await using roster = await openRoster({ store, serverId: "server_1", config: CONFIG, clock });
  const told: string[][] = [];
  roster.onChange((changed) => told.push(changed.map(inWords)));
  await play({ roster, clock, store, told });
}

const isOnline = (roster: Roster, id = "agent_ada") => roster.get(id)?.isOnline;
const codeIs = (code: string) => (error: unknown) => error instanceof ParleyError && error.code === code;

Deno.test("an agent is online from its registration on, and told to listeners at once", () =>
  scene(async ({ roster, told }) => {
    const { agentId, sessionKey } = await roster.register({ ...ADA, agentId: "" });
    assert.match(agentId, /^agent_[0-9a-z]{8,}$/);
    assert.equal(sessionKey.length, 43);
    assert.equal(roster.isReachable(agentId), true);
    assert.deepEqual(told, [[`${agentId} idle`]]);
  }));

Deno.test("an agent without a stream goes offline after two told intervals without a heartbeat", () =>
  scene(async ({ roster, clock, told }) => {
    await roster.register(ADA);
    clock.advance(59_000);
    roster.heartbeat("agent_ada", { status: "active", metrics: {} });
    clock.advance(59_999);
    assert.equal(isOnline(roster), true);
    clock.advance(1);
    assert.equal(isOnline(roster), false);
    assert.deepEqual(told.at(-1), ["agent_ada offline"]);
    clock.advance(20);
    roster.heartbeat("agent_ada", { status: "active", metrics: {} });
    assert.deepEqual(told.at(-1), ["agent_ada idle"]);
  }));

for (const kind of ["commands", "hub", "socket"] as const) {
  Deno.test(`a broken connection (${kind}) shows an agent offline at once, and a new one online at once`, () =>
    scene(async ({ roster, clock, told }) => {
      await roster.register(ADA);
      const connection = roster.open("agent_ada", kind);
      clock.advance(1_000);
      connection[Symbol.dispose]();
      assert.equal(isOnline(roster), false);
      connection[Symbol.dispose]();
      clock.advance(1_000);
      using _again = roster.open("agent_ada", kind);
      assert.equal(isOnline(roster), true);
      assert.deepEqual(told, [["agent_ada idle"], ["agent_ada offline"], ["agent_ada idle"]]);
    }));
}

Deno.test("an agent with an open stream needs no heartbeats", () =>
  scene(async ({ roster, clock }) => {
    await roster.register(ADA);
    using _commands = roster.open("agent_ada", "commands");
    clock.advance(3 * DAY_MS);
    assert.equal(isOnline(roster), true);
  }));

Deno.test("an agent on a socket goes offline when its PONGs are missing, and online with the next", () =>
  scene(async ({ roster, clock }) => {
    await roster.register({ ...ADA, connectionType: "websocket", delivery: "websocket" });
    using _socket = roster.open("agent_ada", "socket");
    clock.advance(10_000);
    roster.heardOf("agent_ada");
    clock.advance(14_999);
    assert.equal(isOnline(roster), true);
    clock.advance(1);
    assert.equal(isOnline(roster), false);
    roster.heardOf("agent_ada");
    assert.equal(isOnline(roster), true);
  }));

Deno.test("register() refuses an id that is in use, unless its session key is shown", () =>
  scene(async ({ roster }) => {
    const { sessionKey } = await roster.register(ADA);
    {
      using _commands = roster.open("agent_ada", "commands");
      await assert.rejects(roster.register(ADA), codeIs("conflict"));
      await assert.rejects(roster.register({ ...ADA, sessionKey: "wrong" }), codeIs("conflict"));
      const again = await roster.register({ ...ADA, sessionKey, agentName: "Ada II" });
      assert.deepEqual(again, { agentId: "agent_ada", agentName: "Ada II", sessionKey });
    }
    const heir = await roster.register({ ...ADA, agentName: "Heir" });
    assert.notEqual(heir.sessionKey, sessionKey);
    assert.throws(() => roster.authenticate("agent_ada", sessionKey), codeIs("unauthenticated"));
    assert.equal(roster.authenticate("agent_ada", heir.sessionKey).kind, "agent");
  }));

Deno.test("open() gives an old connection of the kind up for a new one that shows the key", () =>
  scene(async ({ roster }) => {
    const { sessionKey } = await roster.register(ADA);
    const old = roster.open("agent_ada", "hub", sessionKey);
    assert.throws(() => roster.open("agent_ada", "hub"), codeIs("conflict"));
    assert.throws(() => roster.open("agent_ada", "hub", "wrong"), codeIs("unauthenticated"));
    using _new = roster.open("agent_ada", "hub", sessionKey);
    assert.equal(old.ended.aborted, true);
    old[Symbol.dispose]();
    assert.equal(isOnline(roster), true);
  }));

Deno.test("register() names the field at fault", () =>
  scene(async ({ roster, told }) => {
    const cases: [Partial<AgentRegistration>, string][] = [
      [{ agentName: "  " }, "agent_name"],
      [{ agentName: "x".repeat(201) }, "agent_name"],
      [{ agentId: "web_1" }, "agent_id"],
      [{ agentId: "a b" }, "agent_id"],
      [{ agentId: "x".repeat(101) }, "agent_id"],
      [{ maxConcurrentTasks: -1 }, "max_concurrent_tasks"],
      [{ maxConcurrentTasks: 1.5 }, "max_concurrent_tasks"],
      [{ capabilities: [""] }, "capabilities"],
      [{ capabilities: Array.from({ length: 101 }, (_, i) => `c${i}`) }, "capabilities"],
      [{ agentRole: "x".repeat(201) }, "agent_role"],
    ];
    for (const [part, field] of cases) {
      await assert.rejects(
        roster.register({ ...ADA, ...part }),
        (error) =>
          error instanceof ParleyError && error.code === "invalid_message" &&
          error.message.includes(`'${field}'`),
      );
    }
    assert.deepEqual(told, []);
  }));

Deno.test("whoever is not registered is told not_found", () =>
  scene(async ({ roster }) => {
    assert.throws(() => roster.heartbeat("agent_x", { status: "idle", metrics: {} }), codeIs("not_found"));
    roster.heardOf("agent_x");
    assert.equal(roster.get("agent_x"), undefined);
    assert.throws(() => roster.open("agent_x", "commands"), codeIs("not_found"));
    assert.throws(() => roster.brokers.open("broker_x", "hub"), codeIs("not_found"));
    assert.throws(() => roster.authenticate("agent_x", "key"), codeIs("unauthenticated"));
    assert.equal(await roster.unregister("agent_x", "test"), false);
  }));

Deno.test("unregister() shows an agent offline at once, ends its connections and forgets its heartbeats", () =>
  scene(async ({ roster }) => {
    await roster.register(ADA);
    const commands = roster.open("agent_ada", "commands");
    assert.equal(await roster.unregister("agent_ada", "test"), true);
    assert.equal(isOnline(roster), false);
    assert.equal(commands.ended.reason.code, "not_found");
    assert.throws(() => roster.heartbeat("agent_ada", { status: "idle", metrics: {} }), codeIs("not_found"));
  }));

Deno.test("a heartbeat's words and figures are shown in ours", () =>
  scene(async ({ roster }) => {
    await roster.register({ ...ADA, maxConcurrentTasks: 4 });
    const metrics = { internal_state: "thinking", current_tasks: "3", uptime: "7" };
    roster.heartbeat("agent_ada", { status: "ONLINE", metrics });
    const [info] = roster.list();
    assert.partialDeepStrictEqual(info, {
      status: "idle",
      status_text: "thinking",
      current_tasks: 3,
      max_concurrent_tasks: 4,
      load_factor: 0.75,
      metrics,
    });
    roster.heartbeat("agent_ada", { status: "thinking hard", metrics: { current_tasks: "4" } });
    assert.equal(roster.list()[0]?.status, "busy");
  }));

Deno.test("a heartbeat that looks the same tells nobody", () =>
  scene(async ({ roster, clock, told }) => {
    await roster.register(ADA);
    clock.advance(1_000);
    roster.heartbeat("agent_ada", { status: "active", metrics: { uptime: "1" } });
    clock.advance(1_000);
    assert.equal(told.length, 1);
  }));

Deno.test("a burst of changes is told in two tellings: the first at once, the rest 20 ms later, newest only", () =>
  scene(async ({ roster, clock, told }) => {
    for (const name of ["a", "b", "c"]) await roster.register({ ...ADA, agentId: `agent_${name}` });
    roster.heartbeat("agent_b", { status: "busy", metrics: {} });
    assert.deepEqual(told, [["agent_a idle"]]);
    clock.advance(20);
    assert.deepEqual(told, [["agent_a idle"], ["agent_b busy", "agent_c idle"]]);
  }));

Deno.test("a paused agent is online but not reachable, also after it registers again", () =>
  scene(async ({ roster }) => {
    await roster.register(ADA);
    assert.equal(roster.standing.pause("agent_ada", "web_1"), true);
    assert.equal(roster.standing.pause("agent_ada", "web_1"), false);
    await roster.register(ADA);
    assert.equal(roster.isReachable("agent_ada"), false);
    assert.equal(roster.list()[0]?.status, "paused");
    roster.standing.resume("agent_ada", "web_1");
    assert.equal(roster.isReachable("agent_ada"), true);
  }));

Deno.test("an agent that stays away for two days is forgotten, and listeners are told that it is removed", () =>
  scene(async ({ roster, clock, told, store }) => {
    await roster.register(ADA);
    roster.open("agent_ada", "commands")[Symbol.dispose]();
    clock.advance(2 * DAY_MS - 1);
    assert.equal(isOnline(roster), false);
    clock.advance(1);
    assert.equal(roster.get("agent_ada"), undefined);
    assert.deepEqual(told.at(-1), ["agent_ada removed"]);
    await roster[Symbol.asyncDispose]();
    const rows = await store.roster.list({ kind: "server", id: "server_1", tenantId: "default" });
    assert.deepEqual(rows.map(({ id }) => id), ["server"]);
  }));

Deno.test("a server that was down for long forgets nobody in its first hour", async () => {
  await using store = await openStore("sqlite::memory:");
  const clock = new FakeClock();
  const open = () => openRoster({ store, serverId: "server_1", config: CONFIG, clock });
  const first = await open();
  await first.register(ADA);
  await first[Symbol.asyncDispose]();
  clock.advance(9 * DAY_MS);
  await using second = await open();
  clock.advance(DAY_MS / 24 - 1);
  assert.equal(isOnline(second), false);
  clock.advance(1);
  assert.equal(second.get("agent_ada"), undefined);
});

Deno.test("whoever held an id before neither beats nor unregisters for who has taken it", () =>
  scene(async ({ roster }) => {
    const { sessionKey } = await roster.register(ADA);
    await roster.register(ADA);
    const said = { status: "idle", metrics: {} };
    assert.throws(() => roster.heartbeat("agent_ada", said, sessionKey), codeIs("not_found"));
    assert.equal(await roster.unregister("agent_ada", "test", sessionKey), false);
    assert.equal(isOnline(roster), true);
  }));

Deno.test("a server that restarts knows its agents as offline since they were seen, and their session keys", async () => {
  await using store = await openStore("sqlite::memory:");
  const clock = new FakeClock();
  const open = () => openRoster({ store, serverId: "server_1", config: CONFIG, clock });
  const first = await open();
  const { sessionKey } = await first.register({ ...ADA, capabilities: ["chat"], agentRole: "worker" });
  const broker = await first.brokers.register({ brokerName: "B", connectionType: "grpc" });
  clock.advance(5_000);
  first.heartbeat("agent_ada", { status: "active", metrics: {} });
  const seen = new Date(clock.time).toISOString();
  await first[Symbol.asyncDispose]();
  clock.advance(60_000);

  await using second = await open();
  assert.partialDeepStrictEqual(second.list(), [
    {
      agent_id: "agent_ada",
      agent_name: "Ada",
      is_online: false,
      status: "offline",
      last_seen: seen,
      agent_role: "worker",
      capabilities: ["chat"],
    },
  ]);
  using _hub = second.open("agent_ada", "hub", sessionKey);
  assert.equal(isOnline(second), true);
  assert.equal(second.authenticate(broker.brokerId, broker.sessionKey).kind, "broker");
});

Deno.test("a roster whose store fails goes on, and writes when the store is back", async () => {
  await using store = await openStore("sqlite::memory:");
  const clock = new FakeClock();
  let isDown = false;
  const failing = new Proxy(store.roster, {
    get: (target, name: "save") => (...args: Parameters<typeof target.save>) =>
      isDown ? Promise.reject(new ParleyError("unavailable", "down")) : target[name](...args),
  });
  const roster = await openRoster({
    store: { roster: failing, history: store.history },
    serverId: "server_1",
    config: CONFIG,
    clock,
  });
  isDown = true;
  await roster.register(ADA);
  assert.equal(isOnline(roster), true);
  isDown = false;
  clock.advance(1_000);
  await roster[Symbol.asyncDispose]();
  const rows = await store.roster.list({ kind: "server", id: "server_1", tenantId: "default" });
  assert.equal(rows[0]?.id, "agent_ada");
  assert.equal(clock.timers, 0);
});

Deno.test("a broker is online while a stream of it is open, and its id is its own until then", () =>
  scene(async ({ roster }) => {
    const { brokerId } = await roster.brokers.register({ brokerName: "B", connectionType: "grpc" });
    assert.equal(roster.brokers.list()[0]?.is_online, false);
    {
      using _status = roster.brokers.open(brokerId, "status");
      assert.equal(roster.brokers.list()[0]?.is_online, true);
      const thief = { brokerId, brokerName: "Thief", connectionType: "grpc" as const };
      await assert.rejects(roster.brokers.register(thief), codeIs("conflict"));
    }
    assert.equal(roster.brokers.list()[0]?.is_online, false);
  }));

Deno.test("who is connected with its key has to show it to beat and to unregister", () =>
  scene(async ({ roster }) => {
    const { sessionKey } = await roster.register(ADA);
    const said = { status: "idle", metrics: {} };
    {
      using _commands = roster.open("agent_ada", "commands", sessionKey);
      assert.throws(() => roster.heartbeat("agent_ada", said), codeIs("unauthenticated"));
      await assert.rejects(roster.unregister("agent_ada", "test"), codeIs("unauthenticated"));
      await assert.rejects(roster.register(ADA), codeIs("conflict"));
      roster.heartbeat("agent_ada", said, sessionKey);
      assert.equal(isOnline(roster), true);
    }
    roster.heartbeat("agent_ada", said);
    assert.equal(await roster.unregister("agent_ada", "test", sessionKey), true);
  }));

Deno.test("who knows of no keys registers, opens streams, beats and unregisters without any", () =>
  scene(async ({ roster }) => {
    await roster.register(ADA);
    roster.open("agent_ada", "commands");
    roster.open("agent_ada", "socket");
    roster.heartbeat("agent_ada", { status: "idle", metrics: {} });
    assert.equal(await roster.unregister("agent_ada", "test"), true);
  }));

Deno.test("open() refuses every kind without the key while a connection stands that was opened with it", () =>
  scene(async ({ roster }) => {
    const { sessionKey } = await roster.register(ADA);
    using _hub = roster.open("agent_ada", "hub", sessionKey);
    assert.throws(() => roster.open("agent_ada", "commands"), codeIs("conflict"));
    using _commands = roster.open("agent_ada", "commands", sessionKey);
  }));

for (const way of ["unregisters", "loses its id to another"] as const) {
  Deno.test(`an agent's reply streams are given up when it ${way}`, () =>
    scene(async ({ roster }) => {
      const { sessionKey } = await roster.register(ADA);
      const replies = roster.openReplies("agent_ada", sessionKey);
      await roster.register({ ...ADA, sessionKey });
      assert.equal(replies.ended.aborted, false);
      if (way === "unregisters") await roster.unregister("agent_ada", "test");
      else await roster.register(ADA);
      assert.equal(replies.ended.aborted, true);
      assert.throws(() => roster.openReplies("agent_ada", "wrong"), ParleyError);
    }));
}

Deno.test("a reply stream is no presence, and does not hold its agent's id", () =>
  scene(async ({ roster, clock }) => {
    const { sessionKey } = await roster.register(ADA);
    using _replies = roster.openReplies("agent_ada", sessionKey);
    clock.advance(60_000);
    assert.equal(isOnline(roster), false);
    await roster.register(ADA);
  }));

Deno.test("agents and brokers do not get each other's ids, also while their holder is away", () =>
  scene(async ({ roster, clock }) => {
    const broker = { brokerId: "bob", brokerName: "Bob", connectionType: "grpc" as const };
    const { sessionKey } = await roster.brokers.register(broker);
    await assert.rejects(roster.register({ ...ADA, agentId: "bob", sessionKey }), codeIs("conflict"));
    assert.equal(roster.authenticate("bob", sessionKey).kind, "broker");
    await roster.register(ADA);
    await assert.rejects(roster.brokers.register({ ...broker, brokerId: "agent_ada" }), ParleyError);
    await roster.register({ ...ADA, agentId: "eve" });
    await assert.rejects(roster.brokers.register({ ...broker, brokerId: "eve" }), codeIs("conflict"));
    clock.advance(2 * DAY_MS + 1);
    await roster.register({ ...ADA, agentId: "bob" });
  }));

Deno.test("an agent that says it opens a stream, and does not, is offline after five seconds", () =>
  scene(async ({ roster, clock }) => {
    await roster.register({ ...ADA, opensStream: true });
    clock.advance(5_000);
    assert.equal(isOnline(roster), false);
    await roster.register({ ...ADA, opensStream: true });
    using _hub = roster.open("agent_ada", "hub");
    clock.advance(DAY_MS);
    assert.equal(isOnline(roster), true);
  }));

Deno.test("deregister() keeps an agent off, over a restart too, until reregister() lets it back", async () => {
  await using store = await openStore("sqlite::memory:");
  const clock = new FakeClock();
  const open = () => openRoster({ store, serverId: "server_1", config: CONFIG, clock });
  {
    await using roster = await open();
    await roster.register(ADA);
    using stream = roster.open("agent_ada", "commands");
    assert.equal(roster.standing.deregister("agent_ada", "web_1"), true);
    assert.equal(stream.ended.reason.code, "forbidden");
    assert.equal(isOnline(roster), false);
    assert.equal(roster.standing.deregister("agent_ada", "web_1"), false);
    await assert.rejects(roster.register(ADA), codeIs("forbidden"));
    assert.throws(() => roster.open("agent_ada", "commands"), codeIs("not_found"));
    assert.throws(() => roster.heartbeat("agent_ada", { status: "idle" }), codeIs("not_found"));
  }
  await using roster = await open();
  await assert.rejects(roster.register(ADA), codeIs("forbidden"));
  assert.throws(() => roster.heartbeat("agent_ada", { status: "idle" }), codeIs("not_found"));
  assert.equal(roster.standing.reregister("agent_ada", "web_1"), true);
  assert.equal(roster.standing.reregister("agent_ada", "web_1"), false);
  await roster.register(ADA);
  assert.equal(isOnline(roster), true);
});

Deno.test("reregister() has an agent that is connected register anew", () =>
  scene(async ({ roster }) => {
    const { sessionKey } = await roster.register(ADA);
    using stream = roster.open("agent_ada", "commands", sessionKey);
    assert.equal(roster.standing.reregister("agent_ada", "web_1"), true);
    assert.equal(stream.ended.reason.code, "unavailable");
    assert.equal(isOnline(roster), false);
    await roster.register({ ...ADA, sessionKey });
    assert.equal(isOnline(roster), true);
  }));

Deno.test("reregister() has an agent that lives by heartbeats register anew, too", () =>
  scene(async ({ roster }) => {
    await roster.register(ADA);
    assert.equal(roster.standing.reregister("agent_ada", "web_1"), true);
    assert.throws(() => roster.heartbeat("agent_ada", { status: "idle" }), codeIs("not_found"));
    assert.equal(roster.standing.reregister("agent_ada", "web_1"), false);
  }));

Deno.test("nobody pauses, takes off or lets back an agent that is unknown", () =>
  scene(({ roster }) => {
    for (const name of ["pause", "resume", "deregister", "reregister"] as const) {
      assert.throws(() => roster.standing[name]("agent_nobody", "web_1"), codeIs("not_found"));
    }
    return Promise.resolve();
  }));
