import { strict as assert } from "node:assert";
import { ParleyError } from "../shared/error.ts";
import { openStore } from "../shared/store/open.ts";
import { FakeClock } from "./presence/fake_clock.ts";
import { openRoster } from "./roster.ts";
import { ADA, codeIs, CONFIG, DAY_MS, ground, isOnline, scene } from "./testing/rosters.ts";

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
      assert.equal(roster.list()[0]?.last_seen, new Date(clock.time).toISOString());
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
    assert.deepEqual(rows.map(({ kind }) => kind), ["server"]);
  }));

Deno.test("a server that was down for long forgets nobody in its first hour", () =>
  ground(async ({ open, clock }) => {
    const first = await open();
    await first.register(ADA);
    await first[Symbol.asyncDispose]();
    clock.advance(9 * DAY_MS);
    await using second = await open();
    clock.advance(DAY_MS / 24 - 1);
    assert.equal(isOnline(second), false);
    clock.advance(1);
    assert.equal(second.get("agent_ada"), undefined);
  }));

Deno.test("a server that restarts knows its agents as offline since they were seen, and their session keys", () =>
  ground(async ({ open, clock }) => {
    const first = await open();
    const { sessionKey } = await first.register({
      ...ADA,
      capabilities: ["chat"],
      attributes: { languages: "en" },
      agentRole: "worker",
      version: "1.2",
      hostname: "here",
      platform: "linux",
      maxConcurrentTasks: 3,
    });
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
        attributes: { languages: "en" },
        version: "1.2",
        hostname: "here",
        platform: "linux",
        max_concurrent_tasks: 3,
      },
    ]);
    assert.equal(second.get("agent_ada")?.delivery, ADA.delivery);
    using _hub = second.open("agent_ada", "hub", sessionKey);
    assert.equal(isOnline(second), true);
    assert.equal(second.authenticate(broker.brokerId, broker.sessionKey).kind, "broker");
  }));

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
