/** Who counts as gone when nothing is heard, and for whom a server that stood still or ended has no word. */
import { strict as assert } from "node:assert";
import { serverPrincipal } from "../../shared/model/principal.ts";
import type { Roster } from "../roster.ts";
import { ADA, codeIs, CONFIG, DAY_MS, type Ground, ground, isOnline } from "../testing/rosters.ts";

const SOCKET = { ...ADA, connectionType: "websocket", delivery: "websocket" } as const;

async function reasonsOf({ store }: Ground, roster: Roster, id: string): Promise<string[]> {
  await roster.history.kept();
  const { items } = await store.history.list(serverPrincipal("server_1"), id, { limit: 100 });
  return items.map(({ reason }) => reason).reverse();
}

Deno.test("a server that stood still reads what came meanwhile before it takes anybody for gone", () =>
  ground(async ({ open, clock }) => {
    await using roster = await open();
    await roster.register(SOCKET);
    using _socket = roster.open("agent_ada", "socket");
    await roster.register({ ...ADA, agentId: "agent_bob" });
    clock.advance(10_000);
    clock.freeze(60_000);
    clock.advance(1);
    roster.heardOf("agent_ada");
    clock.advance(16_000);
    assert.deepEqual([isOnline(roster), isOnline(roster, "agent_bob")], [false, false]);
    roster.heardOf("agent_ada");
    clock.advance(14_000);
    assert.equal(isOnline(roster), true);
  }));

Deno.test("nobody is taken for gone, or kept, because the machine's clock is set", () =>
  ground(async ({ open, clock }) => {
    await using roster = await open();
    await roster.register(SOCKET);
    using _socket = roster.open("agent_ada", "socket");
    clock.set(60_000);
    clock.advance(14_999);
    assert.equal(isOnline(roster), true);
    clock.set(-DAY_MS);
    clock.advance(1);
    assert.equal(isOnline(roster), false);
  }));

Deno.test("after a crash everybody was there until the server was last, whatever they last said", () =>
  ground(async (each) => {
    const { open, clock } = each;
    const crashed = await open();
    const { sessionKey } = await crashed.register(ADA);
    crashed.open("agent_ada", "commands", sessionKey);
    clock.advance(25_000);
    const endedAt = clock.now();
    await written(each);
    clock.advance(60_000);
    await using next = await open({ serverId: "server_2" });
    const lastSeen = Date.parse(next.list()[0]!.last_seen);
    assert.ok(lastSeen <= endedAt + 60_000 && lastSeen >= endedAt - 2_000);
    await crashed[Symbol.asyncDispose]();
  }));

/** Waits until the row by which the next server knows is written. */
async function written({ store, clock }: Ground): Promise<void> {
  const recent = clock.now() - 2_000;
  for (let seen = 0; seen < recent;) {
    const rows = await store.roster.list(serverPrincipal("server_1"));
    seen = Date.parse(rows.find(({ kind }) => kind === "server")?.last_seen ?? "") || 0;
  }
}

Deno.test("nobody is forgotten for whom an operator decided something, nor who is connected", () =>
  ground(async ({ open, clock }) => {
    await using roster = await open();
    for (const id of ["agent_off", "agent_paused", "agent_gone"]) {
      await roster.register({ ...ADA, agentId: id });
      roster.open(id, "commands")[Symbol.dispose]();
    }
    roster.standing.deregister("agent_off", "web_1");
    roster.standing.pause("agent_paused", "web_1");
    clock.advance(5 * DAY_MS);
    assert.deepEqual(roster.list().map(({ agent_id }) => agent_id), ["agent_off", "agent_paused"]);
    await assert.rejects(roster.register({ ...ADA, agentId: "agent_off" }), codeIs("forbidden"));
  }));

Deno.test("an agent that took whatever id it was given is forgotten minutes after it left", () =>
  ground(async ({ open, clock }) => {
    await using roster = await open();
    const { agentId } = await roster.register({ ...SOCKET, agentId: "" });
    roster.open(agentId, "socket")[Symbol.dispose]();
    clock.advance(10 * 60_000 - 1);
    assert.equal(isOnline(roster, agentId), false);
    clock.advance(1);
    assert.equal(roster.get(agentId), undefined);
  }));

Deno.test("no more agents are known than may be: who has been away longest makes room", () =>
  ground(async ({ open, clock }) => {
    await using roster = await open({ mostAgents: 3 });
    const come = (id: string) => roster.register({ ...ADA, agentId: id });
    for (const id of ["agent_a", "agent_b", "agent_c"]) {
      await come(id);
      if (id !== "agent_c") roster.open(id, "commands")[Symbol.dispose]();
      clock.advance(1_000);
    }
    await come("agent_b");
    await come("agent_d");
    assert.deepEqual(roster.list().map(({ agent_id }) => agent_id), ["agent_b", "agent_c", "agent_d"]);
    await assert.rejects(come("agent_e"), codeIs("rate_limited"));
    await come("agent_d");
  }));

Deno.test("the id of an agent whose socket has fallen silent is free, and the socket is given up", () =>
  ground(async ({ open, clock }) => {
    await using roster = await open();
    await roster.register(SOCKET);
    using socket = roster.open("agent_ada", "socket");
    await assert.rejects(roster.register(SOCKET), codeIs("conflict"));
    clock.advance(15_000);
    await roster.register(SOCKET);
    assert.equal(socket.ended.reason.code, "conflict");
    using _newer = roster.open("agent_ada", "socket");
    assert.equal(isOnline(roster), true);
  }));

Deno.test("the id of a broker whose socket has fallen silent is free, and the socket is given up", () =>
  ground(async ({ open, clock }) => {
    await using roster = await open();
    const broker = { brokerId: "broker_b", brokerName: "B", connectionType: "websocket" } as const;
    const { sessionKey } = await roster.brokers.register(broker);
    using socket = roster.brokers.open("broker_b", "socket", sessionKey);
    await assert.rejects(roster.brokers.register(broker), codeIs("conflict"));
    clock.advance(60_000);
    await roster.brokers.register(broker);
    assert.equal(socket.ended.reason.code, "conflict");
  }));

Deno.test("a connection from before the last registration is no news when it is found broken", () =>
  ground(async ({ open, clock }) => {
    await using roster = await open();
    const { sessionKey } = await roster.register(ADA);
    const old = roster.open("agent_ada", "hub", sessionKey);
    await roster.register({ ...ADA, sessionKey });
    using _commands = roster.open("agent_ada", "commands", sessionKey);
    old[Symbol.dispose]();
    assert.equal(isOnline(roster), true);
    clock.advance(3 * DAY_MS);
    assert.equal(isOnline(roster), true);
  }));

Deno.test("who unregistered has to register again, also with the next server", () =>
  ground(async ({ open }) => {
    {
      await using first = await open();
      await first.register(ADA);
      await first.unregister("agent_ada", "test");
    }
    await using second = await open();
    assert.throws(() => second.heartbeat("agent_ada", { status: "idle" }), codeIs("not_found"));
    await second.register(ADA);
  }));

Deno.test("a broker that falls silent on all it has open is gone, whichever ends first", () =>
  ground(async ({ open, clock }) => {
    await using roster = await open();
    const { brokerId } = await roster.brokers.register({ brokerName: "B", connectionType: "websocket" });
    using _socket = roster.brokers.open(brokerId, "socket");
    const status = roster.brokers.open(brokerId, "status");
    clock.advance(DAY_MS);
    const isThere = () => roster.brokers.list()[0]?.is_online;
    assert.equal(isThere(), true);
    status[Symbol.dispose]();
    assert.equal(isThere(), true);
    clock.advance(21_000);
    assert.equal(isThere(), false);
  }));

Deno.test("a broker waits as long as an agent may be silent, where that is longer than two heartbeats", () =>
  ground(async ({ open, clock }) => {
    await using roster = await open({ config: { ...CONFIG, AGENT_INACTIVITY_TIMEOUT: 60 } });
    const { brokerId } = await roster.brokers.register({ brokerName: "B", connectionType: "websocket" });
    using _socket = roster.brokers.open(brokerId, "socket");
    clock.advance(59_999);
    assert.equal(roster.brokers.list()[0]?.is_online, true);
    clock.advance(1);
    assert.equal(roster.brokers.list()[0]?.is_online, false);
  }));

Deno.test("a broker that registers again keeps what it has open, and is forgotten two days after it left", () =>
  ground(async ({ open, clock }) => {
    await using roster = await open();
    const broker = { brokerName: "B", brokerId: "broker_b", connectionType: "grpc" } as const;
    const { sessionKey } = await roster.brokers.register(broker);
    const status = roster.brokers.open("broker_b", "status", sessionKey);
    await roster.brokers.register({ ...broker, sessionKey });
    assert.equal(roster.brokers.list()[0]?.is_online, true);
    status[Symbol.dispose]();
    assert.equal(roster.brokers.list()[0]?.is_online, false);
    clock.advance(2 * DAY_MS + 1);
    assert.deepEqual(roster.brokers.list(), []);
  }));

Deno.test("a server that ends in good order says once that it did, and of nobody that they left", () =>
  ground(async (each) => {
    const { open, clock } = each;
    for (const serverId of ["server_1", "server_2", "server_3"]) {
      await using roster = await open({ serverId });
      if (serverId !== "server_1") continue;
      const { brokerId } = await roster.brokers.register({
        brokerId: "broker_b",
        brokerName: "B",
        connectionType: "grpc",
      });
      const status = roster.brokers.open(brokerId, "status");
      await roster.register(ADA);
      const commands = roster.open("agent_ada", "commands");
      clock.advance(10_000);
      roster.freeze();
      status[Symbol.dispose]();
      commands[Symbol.dispose]();
    }
    await using last = await open({ serverId: "server_4" });
    assert.deepEqual(await reasonsOf(each, last, "broker_b"), [
      "registered",
      "connected",
      "server restarted",
    ]);
    const ofAda = await reasonsOf(each, last, "agent_ada");
    assert.deepEqual(ofAda.slice(0, 2), ["registered", "server restarted"]);
  }));

Deno.test("an agent that registered again and died is gone, whenever its old stream is found broken", () =>
  ground(async ({ open, clock }) => {
    await using roster = await open();
    const { sessionKey } = await roster.register({ ...ADA, opensStream: true });
    const stream = roster.open("agent_ada", "commands", sessionKey);
    clock.advance(60_000);
    await roster.register({ ...ADA, opensStream: true, sessionKey });
    clock.advance(3_000);
    stream[Symbol.dispose]();
    clock.advance(1_999);
    assert.equal(isOnline(roster), true);
    clock.advance(1);
    assert.equal(isOnline(roster), false);
  }));

Deno.test("the time to read after a standstill is nobody's to shorten", () =>
  ground(async ({ open, clock }) => {
    await using roster = await open();
    await roster.register(SOCKET);
    using _socket = roster.open("agent_ada", "socket");
    clock.advance(10_000);
    clock.freeze(25_000);
    clock.advance(0);
    await roster.register({ ...ADA, agentId: "agent_bob", opensStream: true });
    roster.standing.pause("agent_ada", "web_1");
    clock.advance(14_000);
    assert.equal(isOnline(roster), true);
    // It stands still again, over the end of that time.
    clock.freeze(60_000);
    clock.advance(14_999);
    assert.equal(isOnline(roster), true);
    clock.advance(1);
    assert.equal(isOnline(roster), false);
  }));

Deno.test("an agent with a socket makes no room for another, however silent it is", () =>
  ground(async ({ open, clock }) => {
    await using roster = await open({ mostAgents: 1 });
    await roster.register(SOCKET);
    const socket = roster.open("agent_ada", "socket");
    clock.advance(15_000);
    const bob = { ...ADA, agentId: "agent_bob" };
    await assert.rejects(roster.register(bob), codeIs("rate_limited"));
    roster.heardOf("agent_ada");
    assert.equal(isOnline(roster), true);
    socket[Symbol.dispose]();
    await roster.register(bob);
  }));

Deno.test("an agent whose id the server chose is known for ten minutes after a server's start, however long none was there", () =>
  ground(async ({ open, clock }) => {
    const { agentId: _, ...anybody } = ADA;
    await using first = await open();
    const { agentId } = await first.register(anybody);
    using _stream = first.open(agentId, "commands");
    first.freeze();
    await first[Symbol.asyncDispose]();
    clock.advance(60 * 60_000);
    await using second = await open();
    clock.advance(10 * 60_000 - 1);
    assert.equal(isOnline(second, agentId), false);
    clock.advance(1);
    assert.equal(second.get(agentId), undefined);
  }));
