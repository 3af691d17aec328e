/** However many commands print however much, what is kept of it in memory is bounded. */
import { strict as assert } from "node:assert";
import { LiveOutput } from "./live_output.ts";
import { type OpenCommand, openCommand } from "./open_command.ts";
import { waiting } from "./testing/record.ts";
import { Rig } from "./testing/rig.ts";

const MOST = 1_000_000;
const text = "x".repeat(10_000);

const piece = (sequence: number) => ({ kind: "output", sequence, text, stream: "stdout" }) as const;
const held = (all: OpenCommand[]) => all.reduce((sum, { output }) => sum + output.heldBytes, 0);
const commands = (count: number) =>
  Array.from({ length: count }, (_, index) => openCommand(waiting({ command_id: `cmd_${index}` })));

Deno.test("the outputs of many commands together stay within the bound, and say truly what they lost", () => {
  const all = commands(20);
  const live = new LiveOutput(() => all, MOST);
  for (let sequence = 0; sequence < 100; sequence++) {
    for (const open of all) live.append(open, piece(sequence));
    assert.ok(held(all) <= MOST, `${held(all)} bytes`);
  }
  for (const { output } of all) {
    const { text, truncatedBytes } = output.cut();
    const kept = text.replace(/\n… \d+ bytes were cut out here …\n/, "").length;
    assert.ok(kept > 1_000);
    assert.equal(kept + truncatedBytes, 1_000_000);
  }
});

Deno.test("while all is within the bound nothing is cut, and what others printed little stays whole", () => {
  const all = commands(2);
  const live = new LiveOutput(() => all, MOST);
  const [much, little] = all as [OpenCommand, OpenCommand];
  live.append(little, piece(0));
  for (let sequence = 0; sequence < 90; sequence++) live.append(much, piece(sequence));
  assert.equal(much.output.cut().truncatedBytes, 0);
  for (let sequence = 90; sequence < 200; sequence++) live.append(much, piece(sequence));
  assert.ok(much.output.cut().truncatedBytes > 0);
  assert.deepEqual(little.output.cut(), { text, truncatedBytes: 0 });
});

Deno.test("a piece that came before is not added again", () => {
  const [open] = commands(1) as [OpenCommand];
  const live = new LiveOutput(() => [open], MOST);
  assert.deepEqual([live.append(open, piece(1)), live.append(open, piece(1)), live.append(open, piece(0))], [
    true,
    false,
    false,
  ]);
  assert.equal(open.output.bytes, text.length);
});

Deno.test("the bound holds over the commands of all agents", async () => {
  await using rig = await Rig.open({ mostLiveBytes: MOST });
  for (const agentId of ["agent_1", "agent_2"]) {
    rig.arrive(agentId);
    const { command_id } = await rig.ask({}, undefined, agentId);
    for (let sequence = 0; sequence < 80; sequence++) rig.center.report(agentId, command_id, piece(sequence));
  }
  const { items } = await rig.center.list({ kind: "server", id: "s", tenantId: "default" }, { limit: 10 });
  const whole = await Promise.all(
    items.map(({ command_id }) =>
      rig.center.get({ kind: "person", id: "web_ada", tenantId: "default" }, command_id)
    ),
  );
  assert.ok(whole.reduce((sum, { output }) => sum + output.length, 0) <= MOST);
  assert.ok(whole.every(({ truncated_bytes, output }) => truncated_bytes + output.length >= 800_000));
});
