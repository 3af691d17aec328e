/** Commands of agents that several servers share. */
import { strict as assert } from "node:assert";
import { openStore } from "../../shared/store/open.ts";
import { SUCCESS } from "./testing/record.ts";
import { ADA, Rig } from "./testing/rig.ts";

Deno.test("a server that starts leaves what another server's agents run to that server", async () => {
  await using store = await openStore("sqlite::memory:");
  await using one = await Rig.open({ store });
  one.arrive();
  const { command_id } = await one.ask();
  await using other = await Rig.open({ store, elsewhere: ["agent_1"] });
  assert.equal(other.center.isOpen(command_id), false);
  // Long after whatever it has of its own would have counted as lost.
  other.clock.advance(3_600_000);
  assert.equal((await other.center.get(ADA, command_id)).status, "running");
  await one.center.result("agent_1", command_id, SUCCESS);
  assert.equal((await other.center.get(ADA, command_id)).status, "succeeded");
});

Deno.test("whoever watches is shown what runs with another server's agents, too, and nothing of others", async () => {
  await using store = await openStore("sqlite::memory:");
  await using one = await Rig.open({ store });
  const neighbours = { leave: () => Promise.resolve(), tell: () => {} };
  await using other = await Rig.open({ store, elsewhere: ["agent_1"], neighbours });
  one.arrive();
  const { command_id } = await one.ask();
  for (const { center } of [one, other]) {
    assert.deepEqual(await center.openIds(ADA), [command_id]);
    assert.deepEqual(await center.openIds(ADA, "agent_1"), [command_id]);
    assert.deepEqual(await center.openIds(ADA, "agent_2"), []);
    assert.deepEqual(await center.openIds({ ...ADA, id: "web_bob" }), []);
  }
  await one.center.result("agent_1", command_id, SUCCESS);
  assert.deepEqual(await other.center.openIds(ADA), []);
});

Deno.test("an agent's commands come with it from one server to another, and are told from there", async () => {
  await using store = await openStore("sqlite::memory:");
  await using one = await Rig.open({ store });
  await using other = await Rig.open({ store, elsewhere: ["agent_1"] });
  one.arrive();
  const { command_id } = await one.ask();
  const { command_id: waitsId } = await one.ask({ if_offline: "wait" }, ADA, "agent_2");
  one.leave();
  one.move("agent_1", "elsewhere");
  assert.deepEqual([one.center.isOpen(command_id), one.center.isOpen(waitsId)], [false, true]);
  other.move("agent_1", "here");
  other.arrive("agent_1", [command_id]);
  one.clock.advance(3_600_000);
  await other.center.cancel(command_id, "web_ada");
  assert.partialDeepStrictEqual(other.line.written, [{ commandId: command_id, isCancellation: true }]);
  await other.center.result("agent_1", command_id, { ...SUCCESS, status: "cancelled" });
  assert.equal((await one.center.get(ADA, command_id)).status, "cancelled");
});

Deno.test("what an agent lost that came back from a gone server without its command is told", async () => {
  await using store = await openStore("sqlite::memory:");
  const crashed = await Rig.open({ store });
  crashed.arrive();
  const { command_id } = await crashed.ask();
  await crashed[Symbol.asyncDispose]();
  await using left = await Rig.open({ store, elsewhere: ["agent_1"] });
  left.move("agent_1", "here");
  left.arrive("agent_1", []);
  assert.equal((await left.status(command_id, "failed")).is_supposed, true);
});
