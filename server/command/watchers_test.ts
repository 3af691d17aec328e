import { strict as assert } from "node:assert";
import type { CommandRecord } from "../../shared/model/command.ts";
import { waiting } from "./testing/record.ts";
import { ADA, EVE, SERVER } from "./testing/rig.ts";
import type { WatcherSink } from "../watchers.ts";
import { createCommandWatchers, printedFrame, type Watched } from "./watchers.ts";

const PIECE = { sequence: 0, text: "x", stream: "stdout" } as const;

/** A reader that is behind for as long as a test wants. */
class Sink implements WatcherSink {
  readonly frames: string[] = [];
  isBehind = false;
  #caughtUp = Promise.withResolvers<boolean>();
  #arrived = Promise.withResolvers<void>();

  send(frame: string): void {
    const { message_type, command, text } = JSON.parse(frame);
    this.frames.push(
      command ? `${message_type} ${command.status} ${command.output}` : `${message_type} ${text}`,
    );
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers();
  }

  caughtUp(): Promise<boolean> {
    return this.isBehind ? this.#caughtUp.promise : Promise.resolve(true);
  }

  catchUp(): void {
    this.isBehind = false;
    this.#caughtUp.resolve(true);
  }

  async next(): Promise<string[]> {
    await this.#arrived.promise;
    return this.frames;
  }
}

function watch(watched: Watched, who = ADA, command: CommandRecord = waiting()) {
  const watchers = createCommandWatchers(() => Promise.resolve({ ...command, output: "all of it" }));
  const sink = new Sink();
  const watching = watchers.add(who, watched, sink);
  return { watchers, sink, watching, command };
}

const CASES: [what: string, watched: Watched, who: typeof ADA, hears: boolean][] = [
  ["its person", {}, ADA, true],
  ["its person, of this command", { commandId: "cmd_1" }, ADA, true],
  ["its person, of its agent", { agentId: "agent_1" }, ADA, true],
  ["its person, of another command", { commandId: "cmd_2" }, ADA, false],
  ["its person, of another agent", { agentId: "agent_2" }, ADA, false],
  ["another person", {}, EVE, false],
  ["the server", {}, SERVER, true],
];

for (const [what, watched, who, hears] of CASES) {
  Deno.test(`a command is ${hears ? "" : "not "}told to ${what}`, () => {
    const { watchers, sink, watching, command } = watch(watched, who);
    using _ = watching;
    assert.equal(watchers.hasFor(command), hears);
    watchers.changed(command);
    watchers.tell(command, () => printedFrame(command, PIECE));
    assert.deepEqual(sink.frames, hears ? ["COMMAND_UPDATE waiting ", "COMMAND_OUTPUT x"] : []);
  });
}

Deno.test("a reader that is slow misses what is printed, holds nobody up, and is told how it stands once it can be", async () => {
  const { watchers, sink: slow, watching, command } = watch({});
  using _ = watching;
  const fast = new Sink();
  using __ = watchers.add(ADA, {}, fast);
  slow.isBehind = true;
  for (let sequence = 0; sequence < 1_000; sequence++) {
    watchers.tell(command, () => printedFrame(command, { ...PIECE, sequence }));
  }
  assert.deepEqual([slow.frames.length, fast.frames.length], [0, 1_000]);
  slow.catchUp();
  assert.deepEqual(await slow.next(), ["COMMAND_UPDATE waiting all of it"]);
});

Deno.test("a reader is shown at first how all stand, each when there is room, and what happens meanwhile once more", async () => {
  const watchers = createCommandWatchers((id) => Promise.resolve(waiting({ command_id: id, output: id })));
  const sink = new Sink();
  sink.isBehind = true;
  using _ = watchers.add(ADA, {}, sink, ["cmd_1", "cmd_2"]);
  watchers.changed(waiting({ command_id: "cmd_2" }));
  assert.deepEqual(sink.frames, []);
  sink.catchUp();
  while (sink.frames.length < 2) await sink.next();
  assert.deepEqual(sink.frames, ["COMMAND_UPDATE waiting cmd_1", "COMMAND_UPDATE waiting cmd_2"]);
  watchers.changed(waiting({ command_id: "cmd_1", output: "live" }));
  while (sink.frames.length < 3) await sink.next();
  assert.match(sink.frames[2]!, /^COMMAND_UPDATE waiting (live|cmd_1)$/);
});

Deno.test("a reader that has left is told nothing, though it was behind", async () => {
  const { watchers, sink, watching, command } = watch({});
  sink.isBehind = true;
  watchers.tell(command, () => printedFrame(command, PIECE));
  watching[Symbol.dispose]();
  sink.catchUp();
  watchers.changed(command);
  await Promise.resolve();
  assert.deepEqual(sink.frames, []);
});
