/** An agent that has registered and is about to open its stream is waited for, and no longer than it may take. */
import { strict as assert } from "node:assert";
import { openStore } from "../../shared/store/open.ts";
import { fails } from "../testing/fails.ts";
import { Rig } from "./testing/rig.ts";

/** Opens a rig whose agent has registered. */
async function registered(): Promise<Rig> {
  const rig = await Rig.open();
  rig.online.add("agent_1");
  rig.opening.add("agent_1");
  return rig;
}

Deno.test("a command for an agent that is about to open its stream is sent once it has", async () => {
  await using rig = await registered();
  const asking = [rig.ask({ content: "one" }), rig.ask({ content: "two" })];
  rig.arrive();
  assert.deepEqual((await Promise.all(asking)).map(({ status }) => status), ["running", "running"]);
  assert.deepEqual(rig.line.written.map(({ content }) => content), ["one", "two"]);
  assert.equal(rig.clock.timers, 1, "only the deadline of the commands is left");
});

Deno.test("an agent that does not open it within a second cannot be given a command", async () => {
  await using rig = await registered();
  const asking = rig.ask();
  const refused = assert.rejects(asking, fails("agent_offline"));
  rig.clock.advance(4_999);
  rig.clock.advance(1);
  await refused;
  rig.online.delete("agent_1");
  await assert.rejects(rig.ask(), fails("agent_offline"));
});

Deno.test("a server that ends lets nobody wait for an agent", async () => {
  const rig = await registered();
  const refused = assert.rejects(rig.ask(), fails("agent_offline"));
  await rig[Symbol.asyncDispose]();
  await refused;
});

Deno.test("an approval waits for an agent that is about to open its stream, too", async () => {
  await using rig = await Rig.open();
  rig.arrive();
  const asks = await rig.askApproval();
  rig.leave();
  rig.online.add("agent_1");
  rig.opening.add("agent_1");
  const approving = rig.center.approve(asks, "web_ada", "d1");
  rig.arrive("agent_1", [asks.command_id]);
  assert.equal((await approving).status, "running");
  assert.equal(rig.line.written.at(-1)?.approvedDigest, "d1");
});

Deno.test("a server that ends while a command is being kept does not send it any more, and says that it did not run", async () => {
  const isKeeping = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  await using store = await openStore("sqlite::memory:");
  const rig = await Rig.open({
    store,
    commands: (commands) => ({
      add: async (...asked) => {
        isKeeping.resolve();
        await goOn.promise;
        await commands.add(...asked);
      },
      change: commands.change.bind(commands),
      get: commands.get.bind(commands),
      list: commands.list.bind(commands),
      inStatus: commands.inStatus.bind(commands),
      prune: commands.prune.bind(commands),
    }),
  });
  rig.arrive();
  const asking = rig.ask();
  await isKeeping.promise;
  const ending = rig[Symbol.asyncDispose]();
  goOn.resolve();
  const { status, sent_at, error_message } = await asking;
  await ending;
  assert.deepEqual([rig.line.written, status, sent_at], [[], "failed", null]);
  assert.match(error_message ?? "", /did not run/);
});
