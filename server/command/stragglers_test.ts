import { strict as assert } from "node:assert";
import { FakeClock } from "../presence/fake_clock.ts";
import type { OpenCommand } from "./open_command.ts";
import { Stragglers } from "./stragglers.ts";
import { SUCCESS } from "./testing/record.ts";
import { ADA, Rig } from "./testing/rig.ts";

function scene() {
  const clock = new FakeClock();
  const open = { nextSequence: 0 } as OpenCommand;
  return { clock, open, stragglers: new Stragglers(clock) };
}

const isOver = (promise: Promise<void>) =>
  Promise.race([
    promise.then(() => true),
    new Promise<false>((resolve) => queueMicrotask(() => resolve(false))),
  ]);

Deno.test("a result that counts no piece, or none that is missing, waits for nothing", async () => {
  const { clock, open, stragglers } = scene();
  await stragglers.untilCame(undefined, 3);
  await stragglers.untilCame(open, 0);
  assert.equal(clock.timers, 0);
});

Deno.test("a result waits for the pieces that it counts", async () => {
  const { clock, open, stragglers } = scene();
  const came = stragglers.untilCame(open, 2);
  open.nextSequence = 1;
  stragglers.came(open);
  assert.equal(await isOver(came), false);
  open.nextSequence = 2;
  stragglers.came(open);
  await came;
  assert.equal(clock.timers, 0);
});

Deno.test("a result does not wait for long for what is lost", async () => {
  const { clock, open, stragglers } = scene();
  const came = stragglers.untilCame(open, 1);
  clock.advance(250);
  await came;
});

Deno.test("what a command printed is shown before its end, though its result overtakes it", async () => {
  await using rig = await Rig.open();
  rig.arrive();
  const { command_id } = await rig.ask();
  const types: string[] = [];
  const send = (frame: string) => void types.push(JSON.parse(frame).message_type);
  const sink = { send, isBehind: false, caughtUp: () => Promise.resolve(true) };
  using _watching = rig.center.watchers.add(ADA, { commandId: command_id }, sink);
  const { timers } = rig.clock;
  const ended = rig.center.result("agent_1", command_id, { ...SUCCESS, output_pieces: 1 });
  assert.equal(rig.clock.timers, timers + 1, "it waits");
  // What is read here comes after whatever was asked to be kept.
  for (let reads = 0; reads < 3; reads++) {
    assert.equal((await rig.center.get(ADA, command_id)).status, "running");
  }
  rig.center.report("agent_1", command_id, { kind: "output", sequence: 0, text: "x", stream: "stderr" });
  await ended;
  assert.deepEqual(types, ["COMMAND_OUTPUT", "COMMAND_UPDATE"]);
});
