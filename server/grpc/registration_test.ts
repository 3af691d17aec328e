import { strict as assert } from "node:assert";
import { ParleyError } from "../../shared/error.ts";
import { peerMetadata } from "../../shared/grpc/channel.ts";
import type { Authorize } from "../authorize.ts";
import { fails } from "../testing/fails.ts";
import { startEdge } from "./testing/edge.ts";
import { TestPeer } from "./testing/peer.ts";

Deno.test("RegisterAgent makes an id and a key, and splits capabilities from attributes", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const { response, id } = await peer.register();
  assert.equal(response.success, true);
  assert.equal(response.sessionKey.length, 43);
  const agent = edge.roster.get(id);
  assert.partialDeepStrictEqual(agent, {
    name: "Ada",
    capabilities: ["chat"],
    attributes: { languages: "en" },
    role: "worker",
    maxConcurrentTasks: 2,
    isOnline: true,
    delivery: "queue",
  });
});

Deno.test("a refused registration is a status that names the field", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  await assert.rejects(peer.register({ agentName: "" }), fails("invalid_message", "agent_name"));
  await assert.rejects(peer.register({ agentId: "broker_1" }), fails("invalid_message", "agent_id"));
  await assert.rejects(peer.heartbeat(""), fails("invalid_message", "agent_id"));
  await assert.rejects(peer.heartbeat("agent_x"), fails("not_found"));
});

Deno.test("SendHeartbeat tells the interval, and its words are shown", async () => {
  await using edge = await startEdge({ AGENT_HEARTBEAT_INTERVAL: 7 });
  using peer = new TestPeer(edge.address);
  const { id } = await peer.register();
  const metrics = { internal_state: "thinking" };
  assert.deepEqual(await peer.heartbeat(id, "busy", metrics), { success: true, interval: 7 });
  assert.partialDeepStrictEqual(edge.roster.list()[0], { status: "busy", status_text: "thinking" });
});

Deno.test("an agent that is heard of is not offline, whatever its word is", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const { id } = await peer.register();
  await peer.heartbeat(id, "OFFLINE");
  assert.partialDeepStrictEqual(edge.roster.list(), [{ is_online: true, status: "idle" }]);
});

Deno.test("a cancelled command stream shows its agent offline at once, and the next one online", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const { id } = await peer.register();
  {
    await using commands = peer.commands(id);
    await commands.opened;
    assert.equal(edge.server.figures.openStreams.commands, 1);
  }
  await edge.shows(id, false);
  assert.equal(edge.server.figures.openStreams.commands, 0);
  await using again = peer.commands(id);
  await again.opened;
  assert.equal(edge.roster.get(id)?.isOnline, true);
});

Deno.test("commands.send() pushes a command down the stream, and tells when there is none", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const { id } = await peer.register();
  assert.equal(edge.server.commands.send(id, { type: "pause" }), undefined);
  await using commands = peer.commands(id);
  await commands.opened;
  const commandId = edge.server.commands.send(id, { type: "stop_reply", parameters: { message_id: "m" } });
  assert.partialDeepStrictEqual(await commands.next(), {
    commandId,
    type: "stop_reply",
    parameters: { message_id: "m" },
  });
});

Deno.test("an id in use is refused, and taken with its key: the old stream ends when the new one opens", async () => {
  await using edge = await startEdge();
  using owner = new TestPeer(edge.address);
  using other = new TestPeer(edge.address);
  const { id, sessionKey } = await owner.register();
  await using old = owner.commands(id);
  await old.opened;
  await assert.rejects(other.register({ agentId: id }), fails("conflict", id));
  await using stolen = other.commands(id);
  assert.equal((await stolen.ended).code, 6);
  assert.equal((await other.register({ agentId: id, sessionKey })).sessionKey, sessionKey);
  await using fresh = other.commands(id, sessionKey);
  await fresh.opened;
  assert.equal((await old.ended).code, 6);
  assert.equal(edge.roster.get(id)?.isOnline, true);
  assert.ok(edge.server.commands.send(id, { type: "pause" }));
  assert.equal((await fresh.next()).type, "pause");
});

Deno.test("UnregisterAgent ends the command stream and its agent's presence", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const { id } = await peer.register();
  await using commands = peer.commands(id);
  await commands.opened;
  assert.equal((await peer.unregister(id)).success, true);
  assert.equal(edge.roster.get(id)?.isOnline, false);
  assert.equal((await commands.ended).code, 5);
  await assert.rejects(peer.heartbeat(id), fails("not_found"));
});

Deno.test("a stranger neither takes off, nor beats for, nor gets the commands of who is connected with its key", async () => {
  await using edge = await startEdge();
  using owner = new TestPeer(edge.address);
  using stranger = new TestPeer(edge.address);
  const { id, sessionKey } = await owner.register();
  const hub = owner.hub.connect(peerMetadata({ id, sessionKey }));
  hub.on("error", () => {/* it ends when its agent unregisters */});
  await new Promise((resolve) => hub.once("metadata", resolve));
  await assert.rejects(stranger.unregister(id), fails("unauthenticated", id));
  await assert.rejects(stranger.heartbeat(id), fails("unauthenticated", id));
  await assert.rejects(stranger.sendResult(id), fails("unauthenticated", id));
  await using commands = stranger.commands(id);
  assert.equal((await commands.ended).code, 6);
  assert.equal(edge.roster.get(id)?.isOnline, true);
  const ended = new Promise((resolve) => hub.once("status", resolve));
  assert.equal((await owner.unregister(id, sessionKey)).success, true);
  await ended;
});

Deno.test("SendCommandResult is taken from an agent that is registered, of what it was told", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const { id } = await peer.register();
  await using commands = peer.commands(id);
  await commands.opened;
  const control = edge.server.commands.send(id, { type: "pause" })!;
  assert.equal((await peer.sendResult(id, control)).received, true);
  await assert.rejects(peer.sendResult(id, "cmd_made_up"), fails("not_found", "cmd_made_up"));
  await assert.rejects(peer.sendResult("agent_x"), fails("not_found", "agent_x"));
  await assert.rejects(peer.sendResult(""), fails("invalid_message", "agent_id"));
  await assert.rejects(peer.sendResult(id, ""), fails("invalid_message", "command_id"));
});

Deno.test("every call of an agent asks authorize()", async () => {
  const asked: string[] = [];
  const authorize: Authorize = (_, action, object) => {
    asked.push(`${action} ${object}`);
    if (action !== "register") throw new ParleyError("forbidden", "Not this one.");
  };
  await using edge = await startEdge({}, authorize);
  using peer = new TestPeer(edge.address);
  const { id } = await peer.register({ agentId: "agent_1" });
  await assert.rejects(peer.heartbeat(id), fails("forbidden"));
  await assert.rejects(peer.sendResult(id), fails("forbidden"));
  await using commands = peer.commands(id);
  assert.equal((await commands.ended).code, 7);
  await assert.rejects(peer.unregister(id), fails("forbidden"));
  const actions = ["register", "heartbeat", "report_command", "receive_commands", "unregister"];
  assert.deepEqual(asked, actions.map((action) => `${action} agent_1`));
});

Deno.test("an agent whose process is killed is offline at once", async () => {
  await using edge = await startEdge();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("./testing/agent_process.ts", import.meta.url).pathname, edge.address],
    stdout: "piped",
  }).spawn();
  const id = await firstLine(child.stdout);
  assert.equal(edge.roster.get(id)?.isOnline, true);
  const offline = edge.shows(id, false);
  const killedAt = performance.now();
  child.kill("SIGKILL");
  await offline;
  // Sooner than what finds a silent connection.
  assert.ok(performance.now() - killedAt < 8_000);
  await child.status;
});

async function firstLine(output: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of output) {
    text += decoder.decode(part, { stream: true });
    if (text.includes("\n")) break;
  }
  return text.trim();
}
