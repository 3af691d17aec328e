/** What is decided while an agent is away, and what it then says it has. */
import { strict as assert } from "node:assert";
import type { CommandRecord } from "../../shared/model/command.ts";
import { openStore } from "../../shared/store/open.ts";
import { fails } from "../testing/fails.ts";
import type { CommandNews } from "./outcome.ts";
import { NEEDED, SUCCESS } from "./testing/record.ts";
import { ADA, Rig } from "./testing/rig.ts";

const piece = (sequence: number, text: string): CommandNews => ({
  kind: "output",
  sequence,
  text,
  stream: "stdout",
});

/** Runs a command of an agent that then is away for so long that it counts as lost. */
async function lose(rig: Rig): Promise<CommandRecord> {
  rig.arrive();
  const { command_id } = await rig.ask();
  rig.center.report("agent_1", command_id, piece(0, "one "));
  rig.leave();
  rig.clock.advance(15_000);
  return await rig.status(command_id, "failed");
}

Deno.test("what an agent that was taken for lost still has goes on: it is watched, cancelled, and ends as it says", async () => {
  await using rig = await Rig.open();
  const { command_id, output, is_supposed } = await lose(rig);
  assert.deepEqual([output, is_supposed], ["one ", true]);
  rig.arrive("agent_1", [command_id]);
  // Its first words may come before its command is found again.
  rig.center.report("agent_1", command_id, { kind: "started", description: "df -h" });
  rig.center.report("agent_1", command_id, piece(1, "two"));
  const goesOn = await rig.until(command_id, ({ started_at }) => started_at !== null);
  assert.deepEqual([goesOn.status, goesOn.is_supposed, goesOn.output], ["running", false, "one two"]);
  assert.ok(rig.center.isOpen(command_id));
  await rig.center.cancel(command_id, "web_ada");
  assert.partialDeepStrictEqual(rig.line.written.at(-1), { commandId: command_id, isCancellation: true });
  await rig.center.result("agent_1", command_id, { ...SUCCESS, output: "", status: "cancelled" });
  const { status, output: whole } = await rig.center.get(ADA, command_id);
  assert.deepEqual([status, whole], ["cancelled", "one two"]);
  assert.equal(rig.line.runs(command_id), 1);
});

Deno.test("what an agent says it needs approval for, just when it is back, waits for a person", async () => {
  await using rig = await Rig.open();
  const { command_id } = await lose(rig);
  rig.arrive("agent_1", [command_id]);
  rig.center.report("agent_1", command_id, NEEDED);
  assert.equal((await rig.status(command_id, "awaiting_approval")).approval?.digest, "d1");
});

Deno.test("an agent cannot take up or speak of another's commands by saying that it has them", async () => {
  await using rig = await Rig.open();
  const { command_id } = await lose(rig);
  rig.arrive("agent_2", [command_id]);
  rig.center.report("agent_2", command_id, NEEDED);
  // Whatever that began has ended once this has been decided in its turn.
  await rig.center.cancel(command_id, "web_ada");
  assert.equal((await rig.center.get(ADA, command_id)).status, "failed");
  rig.arrive("agent_1", [command_id]);
  rig.center.report("agent_2", command_id, NEEDED);
  rig.center.report("agent_1", command_id, { kind: "started", description: "mine" });
  const { description, approval } = await rig.until(command_id, ({ started_at }) => started_at !== null);
  assert.deepEqual([description, approval], ["mine", null]);
});

Deno.test("what is cancelled while its agent is taken for lost ends when that is back", async () => {
  await using rig = await Rig.open();
  const { command_id } = await lose(rig);
  const { status, cancel_asked_by } = await rig.center.cancel(command_id, "web_ada");
  assert.deepEqual([status, cancel_asked_by], ["failed", "web_ada"]);
  rig.arrive("agent_1", [command_id]);
  await rig.status(command_id, "running");
  await rig.center.cancel(command_id, "web_ada");
  assert.deepEqual(rig.line.written.map(({ isCancellation }) => isCancellation), [false, true, true]);
});

Deno.test("what timed out or was denied while its agent was away does not go on, and is ended there", async () => {
  await using rig = await Rig.open();
  rig.arrive();
  const { command_id: late } = await rig.ask({ timeout_s: 2 });
  const waits = await rig.askApproval();
  const denied = waits.command_id;
  const asked = [late, denied];
  rig.leave();
  rig.clock.advance(12_000);
  assert.equal((await rig.status(late, "timed_out")).is_supposed, true);
  assert.equal((await rig.center.deny(waits, "web_ada")).is_supposed, false);
  const ended: string[] = [];
  rig.arrive("agent_1", asked);
  for (const id of asked) {
    await rig.center.result("agent_1", id, {
      ...SUCCESS,
      success: false,
      status: "cancelled",
      exit_code: null,
    });
    ended.push(...rig.line.written.filter((told) => told.isCancellation).map((told) => told.commandId));
  }
  assert.deepEqual([...new Set(ended)].sort(), [...asked].sort());
  assert.equal(
    (await rig.center.get(ADA, denied)).error_message,
    "It was denied by web_ada, and did not run.",
  );
});

Deno.test("a denied command stays denied whatever its agent says, and that is told", async () => {
  await using rig = await Rig.open();
  rig.arrive();
  const { command_id } = await rig.center.deny(await rig.askApproval(), "an operator");
  await rig.center.result("agent_1", command_id, SUCCESS);
  const { status, code, error_message } = await rig.center.get(ADA, command_id);
  assert.deepEqual([status, code], ["cancelled", "forbidden"]);
  assert.match(error_message ?? "", /denied by an operator.*otherwise.*'succeeded'/);
  await assert.rejects(rig.center.result("agent_1", command_id, SUCCESS), fails("conflict"));
});

Deno.test("a cancellation is kept: a server that starts anew has the agent told", async () => {
  await using store = await openStore("sqlite::memory:");
  let commandId = "";
  {
    await using before = await Rig.open({ store });
    before.arrive();
    commandId = (await before.ask()).command_id;
    before.leave();
    await before.center.cancel(commandId, "web_ada");
  }
  await using rig = await Rig.open({ store });
  rig.arrive("agent_1", [commandId]);
  assert.partialDeepStrictEqual(rig.line.written, [{ commandId, isCancellation: true }]);
  assert.equal((await rig.center.get(ADA, commandId)).cancel_asked_by, "web_ada");
});

Deno.test("what its agent lost over a server's restart is taken up by the server after it", async () => {
  await using store = await openStore("sqlite::memory:");
  let commandId = "";
  {
    await using before = await Rig.open({ store });
    commandId = (await lose(before)).command_id;
  }
  await using rig = await Rig.open({ store });
  rig.arrive("agent_1", [commandId]);
  assert.equal((await rig.status(commandId, "running")).output, "one ");
});

Deno.test("what waits for a person over a server's restart can be approved then, once its agent is back", async () => {
  await using store = await openStore("sqlite::memory:");
  let commandId = "";
  {
    await using before = await Rig.open({ store });
    before.arrive();
    commandId = (await before.askApproval()).command_id;
  }
  await using rig = await Rig.open({ store });
  const waits = await rig.center.get(ADA, commandId);
  await assert.rejects(rig.center.approve(waits, "web_ada", "d1"), fails("agent_offline"));
  rig.arrive("agent_1", [commandId]);
  assert.equal((await rig.center.approve(waits, "web_ada", "d1")).status, "running");
  assert.partialDeepStrictEqual(rig.line.written, [{ commandId, approvedDigest: "d1" }]);
});
