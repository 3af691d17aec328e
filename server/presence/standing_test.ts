import { strict as assert } from "node:assert";
import { ADA, codeIs, ground, isOnline, scene } from "../testing/rosters.ts";

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

Deno.test("an agent that says that it is paused is not shown so once it was told to go on", () =>
  scene(async ({ roster }) => {
    await roster.register(ADA);
    roster.standing.pause("agent_ada", "web_1");
    roster.heartbeat("agent_ada", { status: "paused", metrics: {} });
    roster.standing.resume("agent_ada", "web_1");
    assert.equal(roster.list()[0]?.status, "idle");
  }));

Deno.test("what operators decided of an agent is shown while it is away, too", () =>
  scene(async ({ roster }) => {
    const { sessionKey } = await roster.register(ADA);
    const shown = () => {
      const { status, is_paused, is_taken_off } = roster.list()[0]!;
      return [status, is_paused, is_taken_off];
    };
    assert.deepEqual(shown(), ["idle", undefined, undefined]);
    await roster.unregister("agent_ada", "test", sessionKey);
    roster.standing.pause("agent_ada", "web_1");
    assert.deepEqual(shown(), ["offline", true, undefined]);
    roster.standing.deregister("agent_ada", "web_1");
    assert.deepEqual(shown(), ["offline", true, true]);
  }));

Deno.test("the key of an agent that was taken off, or has unregistered, opens nothing", () =>
  scene(async ({ roster }) => {
    const { sessionKey } = await roster.register(ADA);
    assert.equal(roster.authenticate("agent_ada", sessionKey).id, "agent_ada");
    roster.standing.deregister("agent_ada", "web_1");
    assert.throws(() => roster.authenticate("agent_ada", sessionKey), codeIs("unauthenticated"));
  }));

Deno.test("deregister() keeps an agent off, over a restart too, until reregister() lets it back", () =>
  ground(async ({ open }) => {
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
  }));

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
