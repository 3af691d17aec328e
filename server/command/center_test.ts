import { strict as assert } from "node:assert";
import { ParleyError } from "../../shared/error.ts";
import { type CommandRecord, isEnded } from "../../shared/model/command.ts";
import { fails } from "../testing/fails.ts";
import { MOST_OPEN } from "./ledger.ts";
import { SUCCESS } from "./testing/record.ts";
import { ADA, EVE, Rig, SERVER } from "./testing/rig.ts";

Deno.test("a command is kept before it is sent, and ends as its agent says", async () => {
  await using rig = await Rig.open();
  rig.arrive();
  const kept: Promise<CommandRecord | undefined>[] = [];
  rig.line.onWrite = () => kept.push(rig.store.commands.get(SERVER, "cmd_1"));
  const { command_id, status } = await rig.ask({ command_id: "cmd_1" });
  assert.equal(status, "running");
  assert.equal((await kept[0])?.status, "running");
  assert.partialDeepStrictEqual(rig.line.written, [{
    commandId: command_id,
    content: "df -h",
    timeoutS: 300,
  }]);
  await rig.center.result("agent_1", command_id, SUCCESS);
  assert.partialDeepStrictEqual(await rig.center.get(ADA, command_id), {
    status: "succeeded",
    output: "done",
    execution_time_ms: 12,
  });
});

Deno.test("a command for an agent that is offline is refused with nothing kept, or waits and is sent in order", async () => {
  await using rig = await Rig.open();
  await assert.rejects(rig.ask(), fails("agent_offline", "agent_1"));
  assert.deepEqual((await rig.center.list(SERVER, { limit: 10 })).items, []);
  const ids = [];
  for (const content of ["one", "two", "three"]) {
    const { command_id, status } = await rig.ask({ content, if_offline: "wait" });
    assert.equal(status, "waiting");
    ids.push(command_id);
  }
  rig.arrive();
  await rig.status(ids[2]!, "running");
  assert.deepEqual(rig.line.written.map(({ content }) => content), ["one", "two", "three"]);
});

Deno.test("a command that waits a day for its agent is given up", async () => {
  await using rig = await Rig.open();
  const { command_id } = await rig.ask({ if_offline: "wait" });
  rig.clock.advance(24 * 3_600_000 - 1);
  assert.equal((await rig.center.get(ADA, command_id)).status, "waiting");
  rig.clock.advance(1);
  assert.equal((await rig.status(command_id, "failed")).code, "agent_offline");
  rig.arrive();
  assert.deepEqual(rig.line.written, []);
});

Deno.test("without a result a command times out 10 s after its time, its agent is told, and a late result counts", async () => {
  await using rig = await Rig.open();
  rig.arrive();
  const { command_id } = await rig.ask({ timeout_s: 5 });
  rig.center.report("agent_1", command_id, { kind: "output", sequence: 0, text: "half", stream: "stdout" });
  rig.clock.advance(14_999);
  assert.equal((await rig.center.get(ADA, command_id)).status, "running");
  rig.clock.advance(1);
  assert.partialDeepStrictEqual(await rig.status(command_id, "timed_out"), {
    code: "timeout",
    output: "half",
  });
  assert.deepEqual([rig.line.written.at(-1)?.isCancellation, rig.line.written.at(-1)?.content], [true, ""]);
  await rig.center.result("agent_1", command_id, SUCCESS);
  assert.equal((await rig.center.get(ADA, command_id)).status, "succeeded");
  await assert.rejects(rig.center.result("agent_1", command_id, SUCCESS), fails("conflict", command_id));
});

Deno.test("an agent that is gone for too long is lost with what it runs, and its late result is taken once", async () => {
  await using rig = await Rig.open();
  rig.arrive();
  const { command_id } = await rig.ask();
  rig.leave();
  rig.clock.advance(14_999);
  rig.arrive("agent_1", [command_id]);
  rig.clock.advance(60_000);
  assert.equal((await rig.center.get(ADA, command_id)).status, "running");
  rig.leave();
  rig.clock.advance(15_000);
  assert.equal((await rig.status(command_id, "failed")).code, "agent_offline");
  await rig.center.result("agent_1", command_id, SUCCESS);
  assert.partialDeepStrictEqual(await rig.center.get(ADA, command_id), { status: "succeeded", code: null });
  await assert.rejects(rig.center.result("agent_1", command_id, SUCCESS), fails("conflict"));
});

Deno.test("a socket that stands though its agent is silent does not keep it from being lost", async () => {
  await using rig = await Rig.open();
  rig.line.noticesSilence = false;
  rig.arrive();
  const { command_id } = await rig.ask();
  rig.online.delete("agent_1");
  rig.center.closed("agent_1");
  rig.clock.advance(15_000);
  assert.equal((await rig.status(command_id, "failed")).code, "agent_offline");
});

Deno.test("an agent that comes back without a command has lost it; one that says nothing of commands goes on", async () => {
  await using rig = await Rig.open();
  rig.arrive();
  const [has, lacks] = [await rig.ask(), await rig.ask()];
  rig.leave();
  rig.arrive();
  assert.equal((await rig.center.get(ADA, lacks.command_id)).status, "running");
  rig.leave();
  rig.arrive("agent_1", [has.command_id]);
  assert.equal((await rig.status(lacks.command_id, "failed")).code, "unavailable");
  assert.equal((await rig.center.get(ADA, has.command_id)).status, "running");
});

Deno.test("an approval is asked for, given for what was shown, and its time does not count", async () => {
  await using rig = await Rig.open();
  rig.arrive();
  const asks = await rig.askApproval({ timeout_s: 5 });
  const { command_id } = asks;
  rig.clock.advance(50_000);
  await assert.rejects(rig.center.approve(asks, "web_ada", "d2"), fails("conflict"));
  await rig.center.approve(asks, "web_ada", "d1");
  assert.partialDeepStrictEqual(rig.line.written.at(-1), { approvedDigest: "d1", content: "df -h" });
  await assert.rejects(rig.center.approve(asks, "web_ada", "d1"), fails("conflict"));
  rig.clock.advance(14_000);
  assert.equal((await rig.center.get(ADA, command_id)).status, "running");
});

Deno.test("an approval cannot be given while its agent is away, and one that nobody gives ends", async () => {
  await using rig = await Rig.open();
  rig.arrive();
  const asks = await rig.askApproval();
  rig.leave();
  await assert.rejects(rig.center.approve(asks, "web_ada"), fails("agent_offline"));
  rig.clock.advance(70_000);
  assert.equal((await rig.status(asks.command_id, "failed")).code, "timeout");
});

Deno.test("a denied command has not run, also when its agent says so later", async () => {
  await using rig = await Rig.open();
  rig.arrive();
  const denied = await rig.center.deny(await rig.askApproval(), "web_ada");
  const { command_id } = denied;
  assert.deepEqual([denied.status, denied.code], ["cancelled", "forbidden"]);
  assert.partialDeepStrictEqual(rig.line.written.at(-1), { deniedDigest: "d1", content: "" });
  const said = { ...SUCCESS, success: false, status: "cancelled", code: "forbidden" };
  await rig.center.result("agent_1", command_id, said);
  assert.equal((await rig.center.get(ADA, command_id)).status, "cancelled");
});

Deno.test("cancelling reaches an agent that is away when it is back", async () => {
  await using rig = await Rig.open();
  rig.arrive();
  const { command_id } = await rig.ask();
  rig.leave();
  assert.equal((await rig.center.cancel(command_id, "web_ada")).status, "running");
  rig.arrive("agent_1", [command_id]);
  assert.partialDeepStrictEqual(rig.line.written.at(-1), { commandId: command_id, isCancellation: true });
});

Deno.test("what is reported of another's command, of none, or too late changes nothing", async () => {
  await using rig = await Rig.open();
  rig.arrive();
  rig.arrive("agent_2");
  const { command_id } = await rig.ask();
  await assert.rejects(rig.center.result("agent_2", command_id, SUCCESS), fails("not_found", command_id));
  await assert.rejects(
    rig.center.result("agent_1", "cmd_made_up", SUCCESS),
    fails("not_found", "cmd_made_up"),
  );
  const output = { kind: "output", sequence: 0, text: "forged", stream: "stdout" } as const;
  rig.center.report("agent_2", command_id, output);
  rig.center.report("agent_1", "cmd_made_up", output);
  const waits = await rig.ask({ if_offline: "wait" }, ADA, "agent_2");
  rig.leave("agent_2");
  const never = await rig.ask({ if_offline: "wait" }, ADA, "agent_2");
  await assert.rejects(
    rig.center.result("agent_2", never.command_id, SUCCESS),
    fails("not_found", "never sent"),
  );
  await rig.center.result("agent_2", waits.command_id, { ...SUCCESS, output: "" });
  assert.equal((await rig.center.get(ADA, command_id)).output, "");
  assert.equal((await rig.center.get(ADA, waits.command_id)).output, "");
});

Deno.test("an agent has 100 commands that have not ended, and no more", async () => {
  await using rig = await Rig.open();
  rig.arrive("agent_2");
  const asked = Array.from({ length: MOST_OPEN + 3 }, () => rig.ask({ if_offline: "wait" }));
  const results = await Promise.allSettled(asked);
  const refused = results.filter((result) => result.status === "rejected");
  assert.equal(refused.length, 3);
  for (const { reason } of refused) assert.ok(fails("rate_limited", "agent_1")(reason));
  await rig.ask({}, ADA, "agent_2");
  const first = (await asked[0])!;
  await rig.center.cancel(first.command_id, "web_ada");
  await rig.ask({ if_offline: "wait" });
});

Deno.test("who asked may see a command, and nobody else", async () => {
  await using rig = await Rig.open();
  rig.arrive();
  const { command_id } = await rig.ask();
  await assert.rejects(rig.center.get(EVE, command_id), fails("not_found"));
  assert.equal((await rig.center.list(EVE, { limit: 10, agentId: "agent_1" })).items.length, 0);
  assert.equal((await rig.center.list(ADA, { limit: 10, agentId: "agent_1" })).items.length, 1);
  assert.equal((await rig.center.list(SERVER, { limit: 10 })).items.length, 1);
});

Deno.test("a list has the ends of long outputs, and says how much of them is missing", async () => {
  await using rig = await Rig.open();
  rig.arrive();
  const { command_id } = await rig.ask();
  await rig.center.result("agent_1", command_id, { ...SUCCESS, output: "x".repeat(1_048_000) });
  const { items: [listed] } = await rig.center.list(ADA, { limit: 10 });
  assert.ok(listed!.output.length < 5_000 && listed!.truncated_bytes > 1_040_000);
  assert.equal((await rig.center.get(ADA, command_id)).truncated_bytes, 0);
});

Deno.test("an id that is taken is not run again", async () => {
  await using rig = await Rig.open();
  rig.arrive();
  await rig.ask({ command_id: "cmd_mine" });
  await assert.rejects(rig.ask({ command_id: "cmd_mine" }), fails("conflict", "cmd_mine"));
  assert.equal(rig.line.runs("cmd_mine"), 1);
});

Deno.test("a store that is away for a moment when a command is over does not keep it from ending", async () => {
  let isAway = false;
  await using rig = await Rig.open({
    commands: (store) => ({
      add: store.add.bind(store),
      get: store.get.bind(store),
      list: store.list.bind(store),
      inStatus: store.inStatus.bind(store),
      prune: store.prune.bind(store),
      change: (...asked) =>
        isAway ? Promise.reject(new ParleyError("unavailable", "Away.")) : store.change(...asked),
    }),
  });
  rig.arrive();
  const { command_id } = await rig.ask({ timeout_s: 5 });
  isAway = true;
  rig.clock.advance(15_000);
  await assert.rejects(rig.center.result("agent_1", command_id, SUCCESS), fails("unavailable"));
  isAway = false;
  rig.clock.advance(1_000);
  assert.ok(isEnded((await rig.status(command_id, "timed_out")).status));
});

Deno.test("a command whose line broke just as it was sent waits on, or has not run", async () => {
  await using rig = await Rig.open();
  rig.arrive();
  rig.line.write = () => false;
  const failed = await rig.ask();
  assert.deepEqual([failed.status, failed.code, failed.sent_at], ["failed", "agent_offline", null]);
  assert.match(failed.error_message ?? "", /did not run/);
  const { status, sent_at } = await rig.ask({ if_offline: "wait" });
  assert.deepEqual([status, sent_at], ["waiting", null]);
});
