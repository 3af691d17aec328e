/** How an agent begins and ends: commands, stopping, servers that are away or forget it. */
import { strict as assert } from "node:assert";
import { ParleyError } from "../shared/error.ts";
import { Agent } from "./agent.ts";
import { ask, ID, started } from "./testing/ada.ts";
import { TestHub } from "./testing/hub.ts";

Deno.test("Agent says which commands it cannot carry out", async () => {
  await using hub = await TestHub.start();
  await using _agent = await started(hub, () => "x");
  await hub.presence.next();
  hub.command(ID, { commandId: "cmd_7", type: "dance" });
  const result = await hub.commandResults.next();
  assert.deepEqual([result.commandId, result.success, result.agentId], ["cmd_7", false, ID]);
  assert.match(result.errorMessage, /'dance'/);
});

Deno.test("Agent ends when the server says so", async () => {
  await using hub = await TestHub.start();
  const agent = await started(hub, () => "x");
  await hub.presence.next();
  hub.command(ID, { type: "shutdown" });
  await agent.closed;
  assert.deepEqual(await hub.presence.next(), [ID, "offline"]);
});

Deno.test("Agent goes offline at once when it stops, and still finishes what it began", async () => {
  await using hub = await TestHub.start();
  const goOn = Promise.withResolvers<void>();
  const began = Promise.withResolvers<void>();
  const agent = await started(hub, async () => {
    began.resolve();
    await goOn.promise;
    return "finished";
  });
  await hub.give(ID, ask("last"));
  await began.promise;
  const stopped = agent.stop();
  assert.deepEqual(await hub.presence.nextThat(([, state]) => state === "offline"), [ID, "offline"]);
  goOn.resolve();
  assert.equal((await hub.sent.next()).text_payload, "finished");
  await stopped;
});

Deno.test("Agent registers again, with its key, when the server forgot it", async () => {
  await using hub = await TestHub.start();
  await using agent = new Agent({ name: "Ada", server: hub.address }).onMessage(() => "x");
  hub.forgotten = false;
  await agent.start();
  assert.deepEqual(
    await hub.registrations.next().then(({ agentId, sessionKey }) => [agentId, sessionKey]),
    ["", ""],
  );
  await hub.heartbeats.next();
  hub.forgotten = true;
  await hub.give(agent.id, ask("wake"));
  const again = await hub.registrations.next();
  assert.deepEqual([again.agentId, again.sessionKey], ["agent_assigned", "key of agent_assigned"]);
});

Deno.test("Agent that comes back is not paused any more unless it is told again", async () => {
  await using hub = await TestHub.start();
  await using _agent = await started(hub, () => "x");
  await hub.presence.next();
  hub.command(ID, { type: "pause" });
  await hub.heartbeats.nextThat(({ status }) => status === "paused");
  hub.fall();
  await hub.listen();
  await hub.heartbeats.nextThat(({ status }) => status === "idle");
});

Deno.test("Agent started before its server waits for it", async () => {
  await using hub = await TestHub.start();
  hub.fall();
  const starting = started(hub, () => "here");
  await hub.listen();
  await using agent = await starting;
  await hub.give(agent.id, ask("hi"));
  assert.equal((await hub.sent.next()).text_payload, "here");
});

Deno.test("Agent whose server falls in the middle of a reply goes on, shows the text so far again, and replies", async () => {
  await using hub = await TestHub.start();
  const goOn = Promise.withResolvers<void>();
  let calls = 0;
  await using _agent = await started(hub, async (context) => {
    calls += 1;
    context.write("before");
    await goOn.promise;
    context.write(", after");
  });
  await hub.give(ID, ask("story"));
  assert.equal((await hub.chunks.next()).textPayload, "before");
  hub.fall();
  await hub.listen();
  const again = await hub.chunks.next();
  assert.deepEqual([again.attempt, again.sequence, again.textPayload], [2, 0, "before"]);
  goOn.resolve();
  const reply = await hub.sent.next();
  assert.deepEqual([reply.message_type, reply.text_payload, calls], ["REPLY", "before, after", 1]);
});

Deno.test("Agent that is refused says what to change", async () => {
  await using hub = await TestHub.start();
  hub.refuseWith = new ParleyError("invalid_message", "Not this one.");
  const agent = new Agent({ name: "Ada", id: ID, server: hub.address });
  await assert.rejects(
    agent.start(),
    (error: unknown) =>
      error instanceof ParleyError && error.code === "invalid_message" &&
      /refused to register 'Ada'/.test(error.message),
  );
});

Deno.test("Agent that an operator has taken off waits until it is let back", async () => {
  await using hub = await TestHub.start();
  hub.refuseWith = new ParleyError("forbidden", "An operator has taken it off.");
  await using agent = new Agent({ name: "Ada", id: ID, server: hub.address });
  const starting = agent.start();
  for (let refused = 0; refused < 2; refused++) await hub.registrations.next();
  hub.refuseWith = undefined;
  await starting;
  assert.deepEqual(await hub.presence.next(), [ID, "online"]);
});
