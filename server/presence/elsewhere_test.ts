/** Two rosters on one store. */
import { strict as assert } from "node:assert";
import { openBus } from "../../shared/bus/open.ts";
import { serverPrincipal } from "../../shared/model/principal.ts";
import type { Roster } from "../roster.ts";
import { ADA, codeIs, DAY_MS, type Ground, ground, isOnline } from "../testing/rosters.ts";

interface Pair extends Ground {
  one: Roster;
  other: Roster;
  /** Lets time pass at both, while both write that they are there. */
  pass(ms: number): Promise<void>;
  /** Lets time pass until something is so. */
  until(fits: () => boolean): Promise<void>;
}

/** Plays with two servers that share a store, and a bus where `hasBus`. */
function pair(play: (pair: Pair) => Promise<void>, { hasBus = false } = {}): Promise<void> {
  return ground(async (each) => {
    await using resources = new AsyncDisposableStack();
    const store = { ...each.store, isShared: true };
    const one = resources.use(await each.open({ store, serverId: "server_1" }));
    await servesFor(each, "server_1");
    const other = resources.use(await each.open({ store, serverId: "server_2" }));
    await servesFor(each, "server_2");
    await one.servers.look();
    if (hasBus) {
      const bus = resources.use(await openBus("sqlite::memory:"));
      for (const roster of [one, other]) resources.use(roster.share(bus));
    }
    const pass = async (ms: number) => {
      for (let left = ms; left > 0; left -= 1_000) {
        each.clock.advance(Math.min(left, 1_000));
        await Promise.all([one, other].map((roster) => roster.servers.look()));
      }
      await Promise.all([one, other].map((roster) => roster.lookElsewhere()));
    };
    const until = async (fits: () => boolean) => {
      while (!fits()) await pass(20);
    };
    await play({ ...each, one, other, pass, until });
  });
}

/** Waits until a server has said that it is there. */
async function servesFor({ store }: Ground, serverId: string): Promise<void> {
  while (!(await store.roster.servers(serverPrincipal(serverId))).some(({ id }) => id === serverId));
}

Deno.test("a server shows the agents of another, and neither forgets them nor writes of them", () =>
  pair(async ({ one, other, pass, store }) => {
    const { agentId, sessionKey } = await one.register({ ...ADA, agentId: "" });
    using _stream = one.open(agentId, "commands", sessionKey);
    await pass(2_000);
    assert.equal(isOnline(other, agentId), true);
    // One that was given its id is forgotten ten minutes after it was last seen.
    await pass(11 * 60_000);
    assert.equal(isOnline(other, agentId), true);
    const [row] = (await store.roster.list(serverPrincipal("server_1"))).filter(({ id }) => id === agentId);
    assert.deepEqual([row?.server_id, row?.status], ["server_1", "idle"]);
  }));

Deno.test("an agent that is another server's registers before it does anything here", () =>
  pair(async ({ one, other, pass }) => {
    const { sessionKey } = await one.register(ADA);
    using _stream = one.open("agent_ada", "commands", sessionKey);
    await pass(1_000);
    assert.throws(() => other.heartbeat("agent_ada", {}, sessionKey), codeIs("not_found"));
    assert.throws(() => other.open("agent_ada", "commands", sessionKey), codeIs("not_found"));
    assert.equal(await other.unregister("agent_ada", "by mistake", sessionKey), false);
    other.disconnected("agent_ada");
    assert.equal(isOnline(other), true);
  }));

Deno.test("the id of an agent that is connected to another server is in use; its key moves it", () =>
  pair(async ({ one, other, pass }) => {
    const { sessionKey } = await one.register(ADA);
    using stream = one.open("agent_ada", "commands", sessionKey);
    await pass(1_000);
    await assert.rejects(other.register(ADA), codeIs("conflict"));
    await pass(1_000);
    await other.register({ ...ADA, sessionKey });
    using _moved = other.open("agent_ada", "commands", sessionKey);
    await pass(1_000);
    assert.equal((stream as { ended: AbortSignal }).ended.aborted, true);
    assert.deepEqual([one.isElsewhere("agent_ada"), other.isElsewhere("agent_ada")], [true, false]);
    assert.deepEqual([isOnline(one), isOnline(other)], [true, true]);
  }));

Deno.test("an agent without a key gets its id at once from the next server, though the one before may seem to be there", () =>
  ground(async (each) => {
    const store = { ...each.store, isShared: true };
    const crashed = await each.open({ store, serverId: "server_1" });
    crashed.open((await crashed.register(ADA)).agentId, "commands");
    await servesFor(each, "server_1");
    await using next = await each.open({ store, serverId: "server_2" });
    assert.equal(next.servers.isOther("server_1"), true);
    await next.register(ADA);
    await crashed[Symbol.asyncDispose]();
  }));

Deno.test("what changes of an agent is told to the other server at once, with what it says of itself", () =>
  pair(async ({ one, other, until }) => {
    const { sessionKey } = await one.register(ADA);
    const stream = one.open("agent_ada", "commands", sessionKey);
    await until(() => isOnline(other) === true);
    one.heartbeat("agent_ada", { status: "busy", metrics: { internal_state: "reading" } }, sessionKey);
    await until(() => other.list()[0]!.status_text === "reading");
    one.standing.pause("agent_ada", "web_1");
    await until(() => other.get("agent_ada")!.isPaused);
    assert.equal(other.isReachable("agent_ada"), false);
    stream[Symbol.dispose]();
    await until(() => isOnline(other) === false);
  }, { hasBus: true }));

Deno.test("the agents of a server that is gone are offline, and are forgotten by who is left", () =>
  ground(async (each) => {
    const store = { ...each.store, isShared: true };
    const one = await each.open({ store, serverId: "server_1" });
    const { sessionKey } = await one.register(ADA);
    one.open("agent_ada", "commands", sessionKey);
    await servesFor(each, "server_1");
    await using left = await each.open({ store, serverId: "server_2" });
    assert.equal(isOnline(left), true);
    // Whoever is disposed of says so; as if it had been killed, nothing more is heard of it.
    one.freeze();
    await one[Symbol.asyncDispose]();
    await left.servers.look();
    assert.deepEqual([isOnline(left), left.isElsewhere("agent_ada")], [false, false]);
    each.clock.advance(2 * DAY_MS);
    assert.equal(left.get("agent_ada"), undefined);
  }));
