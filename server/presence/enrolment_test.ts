import { strict as assert } from "node:assert";
import { ParleyError } from "../../shared/error.ts";
import type { AgentRegistration } from "../roster.ts";
import { ADA, codeIs, DAY_MS, isOnline, scene } from "../testing/rosters.ts";

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

Deno.test("whoever held an id before neither beats nor unregisters for who has taken it", () =>
  scene(async ({ roster }) => {
    const { sessionKey } = await roster.register(ADA);
    await roster.register(ADA);
    const said = { status: "idle", metrics: {} };
    assert.throws(() => roster.heartbeat("agent_ada", said, sessionKey), codeIs("not_found"));
    assert.equal(await roster.unregister("agent_ada", "test", sessionKey), false);
    assert.equal(isOnline(roster), true);
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
