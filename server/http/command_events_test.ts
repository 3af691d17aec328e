/** Hearing of commands over HTTP, against a real server and an agent on a socket. */
import assert from "node:assert/strict";
import type { CommandRecord } from "../../shared/model/command.ts";
import type { Client, Frame } from "../testing/client.ts";
import { Hub } from "../testing/hub.ts";
import { askFor, bearer } from "./testing/ask.ts";
import { Events } from "./testing/events.ts";

const ask: typeof askFor<{ command_id: string; code: string; detail: string }> = askFor;
const openEvents = (hub: Hub, query = "", headers = {}) =>
  Events.open(hub, `/api/command-events${query}`, (frame) => frame, headers);
const command = (frame: Frame) => frame.command as CommandRecord;
const isUpdate = (status: string) => (frame: Frame) =>
  frame.message_type === "COMMAND_UPDATE" && command(frame).status === status;

async function run(hub: Hub, agentId: string, headers = {}): Promise<string> {
  const path = `POST /api/agents/${agentId}/commands`;
  return (await ask(hub, path, { content: "yes" }, headers)).body.command_id;
}

/** Has an agent say that a command prints, and how. */
function print(agent: Client, command_id: string, sequence: number, text: string): void {
  agent.send({ message_type: "COMMAND_REPORT", command_id, output: { sequence, text } });
}

Deno.test("the stream tells how what has not ended stands, then each piece and each change, of one agent or command", async () => {
  await using hub = await Hub.open();
  await using agent = await hub.agent({ agent_id: "agent_1" });
  await using other = await hub.agent({ agent_id: "agent_2" });
  const first = await run(hub, "agent_1");
  const elsewhere = await run(hub, "agent_2");
  print(agent, first, 0, "y\n");
  await using one = await openEvents(hub, `?command=${first}`);
  await using ofAgent = await openEvents(hub, "?agent=agent_1");
  await using all = await openEvents(hub);
  const shown = [await all.next(), await all.next()].map((frame) => command(frame).command_id);
  assert.deepEqual(shown.sort(), [first, elsewhere].sort());
  for (const events of [one, ofAgent]) assert.equal(command(await events.next()).command_id, first);
  print(other, elsewhere, 0, "not for those");
  await all.next((frame) => frame.message_type === "COMMAND_OUTPUT" && frame.command_id === elsewhere);
  print(agent, first, 1, "z\n");
  agent.send({ message_type: "COMMAND_RESULT", command_id: first, success: true });
  for (const events of [one, ofAgent, all]) {
    const piece = await events.next((frame) =>
      frame.message_type === "COMMAND_OUTPUT" && frame.sequence === 1
    );
    assert.partialDeepStrictEqual(piece, {
      command_id: first,
      agent_id: "agent_1",
      text: "z\n",
      stream: "stdout",
    });
    assert.equal(command(await events.next(isUpdate("succeeded"))).output, "y\nz\n");
  }
});

Deno.test("a command that has ended is shown as it ended", async () => {
  await using hub = await Hub.open();
  await using agent = await hub.agent({ agent_id: "agent_1" });
  const command_id = await run(hub, "agent_1");
  await agent.ask(
    { message_type: "COMMAND_RESULT", command_id, success: true, output: "done" },
    "COMMAND_RESULT_RESPONSE",
  );
  await using events = await openEvents(hub, `?command=${command_id}`);
  assert.equal(command(await events.next(isUpdate("succeeded"))).output, "done");
});

Deno.test("a session hears of its own commands alone, and nobody of what is not there", async () => {
  await using hub = await Hub.open();
  await using _agent = await hub.agent({ agent_id: "agent_1" });
  await using ada = await hub.frontend();
  await using eve = await hub.frontend();
  const adas = await run(hub, "agent_1", bearer(ada));
  const refused = await ask(hub, `GET /api/command-events?command=${adas}`, undefined, bearer(eve));
  assert.deepEqual([refused.status, refused.body.code], [404, "not_found"]);
  const none = await ask(hub, "GET /api/command-events?command=");
  assert.deepEqual([none.status, none.body.code], [422, "invalid_message"]);
  await using events = await openEvents(hub, "", bearer(eve));
  const eves = await run(hub, "agent_1", bearer(eve));
  assert.equal(command(await events.next()).command_id, eves);
});

Deno.test("a reader that does not read misses pieces, holds nobody up, and is told how the command ended", async () => {
  await using hub = await Hub.open();
  await using agent = await hub.agent({ agent_id: "agent_1" });
  const command_id = await run(hub, "agent_1");
  await using slow = await openEvents(hub);
  await using fast = await openEvents(hub);
  for (let sequence = 0; sequence < 200; sequence++) print(agent, command_id, sequence, "x".repeat(100_000));
  agent.send({ message_type: "COMMAND_RESULT", command_id, success: true });
  await fast.next(isUpdate("succeeded"));
  let pieces = 0;
  await slow.next((frame) => {
    if (frame.message_type === "COMMAND_OUTPUT") pieces++;
    return isUpdate("succeeded")(frame);
  });
  assert.ok(pieces < 200, `${pieces} pieces`);
});

Deno.test("the stream of commands ends with the server", async () => {
  const hub = await Hub.open();
  await using events = await openEvents(hub);
  await hub[Symbol.asyncDispose]();
  await assert.rejects(events.next(), /the stream has ended/);
});
