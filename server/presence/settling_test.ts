import { strict as assert } from "node:assert";
import type { Roster } from "../roster.ts";
import { ADA, ground } from "../testing/rosters.ts";

async function hasSettled(roster: Roster): Promise<boolean> {
  return await Promise.race([roster.settled.then(() => true), Promise.resolve().then(() => false)]);
}

Deno.test("a roster settles at once when nobody was online", () =>
  ground(async ({ open }) => {
    await using first = await open();
    await first.settled;
    await first.register(ADA);
    await first.unregister(ADA.agentId, "test");
    await first[Symbol.asyncDispose]();
    await using second = await open();
    await second.settled;
  }));

Deno.test("a roster settles when those who were online are back", () =>
  ground(async ({ open }) => {
    await using first = await open();
    await first.register(ADA);
    using stream = first.open(ADA.agentId, "commands");
    first.freeze();
    stream[Symbol.dispose]();
    await first[Symbol.asyncDispose]();
    await using second = await open();
    assert.equal(await hasSettled(second), false);
    second.open(ADA.agentId, "commands");
    await second.settled;
  }));

Deno.test("who did not come back in 5 s is not waited for at the next start", () =>
  ground(async ({ open, clock }) => {
    await using first = await open();
    await first.register(ADA);
    await first[Symbol.asyncDispose]();
    await using second = await open();
    clock.advance(4_999);
    assert.equal(await hasSettled(second), false);
    clock.advance(1);
    await second.settled;
    await second[Symbol.asyncDispose]();
    await using third = await open();
    await third.settled;
  }));

Deno.test("an agent that only ever registered is forgotten after minutes, one that beat once after two days", () =>
  ground(async ({ open, clock }) => {
    await using roster = await open();
    await roster.register(ADA);
    await roster.register({ ...ADA, agentId: "agent_bob" });
    roster.heartbeat("agent_bob", { status: "idle", metrics: {} });
    clock.advance(60_000);
    clock.advance(10 * 60_000);
    assert.equal(roster.get("agent_ada"), undefined);
    assert.equal(roster.get("agent_bob")?.isOnline, false);
  }));
