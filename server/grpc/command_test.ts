/** Commands on the wire of gRPC: with agents of ours, and with others' that know the first fields alone. */
import { strict as assert } from "node:assert";
import { ParleyError } from "../../shared/error.ts";
import { MOST_DESCRIPTION_BYTES, MOST_OUTPUT_BYTES, newCommandSchema } from "../../shared/model/command.ts";
import { claimed } from "../authorize.ts";
import { fails } from "../testing/fails.ts";
import { startEdge, type TestEdge } from "./testing/edge.ts";
import { TestPeer } from "./testing/peer.ts";
import { Watching } from "../command/testing/watching.ts";

const ADA = claimed("person", "web_ada");
const ask = (edge: TestEdge, agentId: string, asked: object = { content: "df -h" }) =>
  edge.center.create(ADA, agentId, newCommandSchema.parse(asked));

/** An agent of ours that takes commands and reports on them, and one that it has been given. */
async function reporting() {
  await using resources = new AsyncDisposableStack();
  const edge = resources.use(await startEdge());
  const peer = resources.use(new TestPeer(edge.address));
  const identity = await peer.register();
  const commands = resources.use(peer.commands(identity.id, identity.sessionKey, []));
  await commands.opened;
  const reports = peer.reports(identity);
  await reports.opened;
  const { command_id } = await ask(edge, identity.id);
  const watching = resources.use(new Watching(edge.center.watchers, command_id));
  const owned = resources.move();
  return {
    edge,
    peer,
    identity,
    commands,
    reports,
    command_id,
    watching,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

Deno.test("an agent that knows the first fields alone runs a command, and its result is kept", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const { id } = await peer.register();
  await using commands = peer.commands(id);
  await commands.opened;
  const asked = { arguments: ["echo", "it's; two"], parameters: { cwd: "/tmp" }, timeout_s: 7 };
  const { command_id } = await ask(edge, id, asked);
  assert.partialDeepStrictEqual(await commands.next(), {
    commandId: command_id,
    type: "shell",
    content: `echo 'it'\\''s; two'`,
    parameters: { cwd: "/tmp" },
    isCancellation: false,
    arguments: ["echo", "it's; two"],
    timeoutS: 7,
  });
  const failed = {
    success: false,
    output: "half",
    errorMessage: "It broke.",
    exitCode: 3,
    executionTimeMs: 9n,
  };
  assert.equal((await peer.sendResult(id, command_id, failed)).received, true);
  assert.partialDeepStrictEqual(await edge.center.get(ADA, command_id), {
    status: "failed",
    exit_code: 3,
    output: "half",
    error_message: "It broke.",
    execution_time_ms: 9,
    truncated_bytes: 0,
  });
});

Deno.test("an agent that is online since it registered, and about to open its stream, can be given a command", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const { id } = await peer.register({ opensStream: true });
  // What it says before changes nothing about that.
  await peer.heartbeat(id);
  const asking = ask(edge, id);
  await using commands = peer.commands(id);
  await commands.opened;
  const { command_id, status } = await asking;
  assert.equal(status, "running");
  assert.equal((await commands.next()).commandId, command_id);
});

Deno.test("a result that comes twice, for another agent's command, or for none is refused", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const { id } = await peer.register();
  const { id: other } = await peer.register();
  await using commands = peer.commands(id);
  await commands.opened;
  const { command_id } = await ask(edge, id);
  await assert.rejects(peer.sendResult(other, command_id), fails("not_found", command_id));
  await assert.rejects(
    peer.sendResult(id, command_id, { status: "done" }),
    fails("invalid_message", "status"),
  );
  await peer.sendResult(id, command_id, { output: "first" });
  await assert.rejects(peer.sendResult(id, command_id, { output: "second" }), fails("conflict", command_id));
  assert.equal((await edge.center.get(ADA, command_id)).output, "first");
  const waits = await ask(edge, other, { content: "df", if_offline: "wait" });
  await assert.rejects(peer.sendResult(other, waits.command_id), fails("not_found", "never sent"));
});

Deno.test("more output than is kept is cut in the middle, also when its agent sends it all", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const { id } = await peer.register();
  await using commands = peer.commands(id);
  await commands.opened;
  const { command_id } = await ask(edge, id);
  await peer.sendResult(id, command_id, { output: `first${"x".repeat(3_000_000)}last`, exitCode: 0 });
  const { output, truncated_bytes } = await edge.center.get(ADA, command_id);
  assert.match(output, /^first.*\n… \d+ bytes were cut out here …\n.*last$/);
  assert.ok(new TextEncoder().encode(output).length <= MOST_OUTPUT_BYTES);
  assert.ok(truncated_bytes > 1_900_000);
});

Deno.test("what an agent reports is shown while its command runs, and kept where the result brings no output", async () => {
  await using scene = await reporting();
  const { edge, peer, identity, commands, reports, command_id, watching } = scene;
  reports.started(command_id, "df -h");
  for (const [index, text] of ["one ", "two ", "three"].entries()) reports.printed(command_id, index, text);
  reports.printed(command_id, 1, "again");
  reports.printed(command_id, 3, "!", "stderr");
  assert.equal(await watching.printed(4), "one two three!");
  assert.partialDeepStrictEqual(watching.frames.at(-1), {
    command_id,
    agent_id: identity.id,
    stream: "stderr",
  });
  await commands.next();
  assert.equal((await edge.center.get(ADA, command_id)).output, "one two three!");
  reports.call.end();
  assert.equal((await reports.over).error, null);
  const status = "timed_out";
  await assert.rejects(peer.sendResult(identity.id, command_id, { status }), fails("unauthenticated"));
  await peer.sendResult(identity.id, command_id, {
    sessionKey: identity.sessionKey,
    success: false,
    status,
    signal: "SIGKILL",
  });
  assert.partialDeepStrictEqual(await watching.status("timed_out"), {
    output: "one two three!",
    signal: "SIGKILL",
    code: "timeout",
    exit_code: null,
    description: "df -h",
  });
});

Deno.test("an approval goes to the agent with exactly the digest that it asked for", async () => {
  await using scene = await reporting();
  const { edge, commands, reports, command_id, watching } = scene;
  await commands.next();
  reports.needsApproval(command_id, "sha256:1");
  const asks = await watching.status("awaiting_approval");
  assert.partialDeepStrictEqual(asks.approval, { digest: "sha256:1", description: "rm -r data" });
  await edge.center.approve(asks, "web_ada", "sha256:1");
  assert.partialDeepStrictEqual(await commands.next(), { approvedDigest: "sha256:1", content: "df -h" });
  await edge.center.cancel(command_id, "web_ada");
  assert.partialDeepStrictEqual(await commands.next(), {
    commandId: command_id,
    isCancellation: true,
    content: "",
  });
  reports.call.end();
  await reports.over;
});

Deno.test("what is too long to be shown whole to whoever approves it is refused, and its command has failed", async () => {
  await using scene = await reporting();
  const { commands, reports, command_id, watching } = scene;
  await commands.next();
  reports.needsApproval(command_id, "sha256:1", "x".repeat(MOST_DESCRIPTION_BYTES + 1));
  const { error } = await reports.over;
  assert.equal(error?.code, 3);
  assert.match(error?.details ?? "", /description.*8193 bytes/);
  const failed = await watching.status("failed");
  assert.deepEqual([failed.code, failed.approval, failed.is_supposed], ["invalid_message", null, false]);
  assert.partialDeepStrictEqual(await commands.next(), { commandId: command_id, isCancellation: true });
});

Deno.test("an agent that opens its stream anew without a command has lost it, and what waits for it comes", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const { id } = await peer.register();
  const { command_id } = await (async () => {
    await using commands = peer.commands(id);
    await commands.opened;
    return await ask(edge, id);
  })();
  await edge.shows(id, false);
  const waits = await ask(edge, id, { content: "uptime", if_offline: "wait" });
  using watching = new Watching(edge.center.watchers, command_id);
  await using again = peer.commands(id, "", []);
  assert.equal((await watching.status("failed")).code, "unavailable");
  assert.equal((await again.next()).commandId, waits.command_id);
});

Deno.test("reports need the agent's key, a command's id and a digest", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const identity = await peer.register();
  await using commands = peer.commands(identity.id, identity.sessionKey, []);
  await commands.opened;
  const { command_id } = await ask(edge, identity.id);
  const stranger = peer.reports({ ...identity, sessionKey: "wrong" });
  assert.equal((await stranger.over).error?.code, 16);
  const nameless = peer.reports(identity);
  nameless.started("");
  assert.match((await nameless.over).error?.details ?? "", /command_id/);
  const bare = peer.reports(identity);
  bare.needsApproval(command_id, "");
  assert.match((await bare.over).error?.details ?? "", /digest/);
  assert.equal((await edge.center.get(ADA, command_id)).status, "running");
});

Deno.test("ReportCommands asks authorize()", async () => {
  const asked: string[] = [];
  await using edge = await startEdge({}, ({ id }, action, object) => {
    asked.push(`${id} ${action} ${object}`);
    if (action === "report_command") throw new ParleyError("forbidden", "Not this one.");
  });
  using peer = new TestPeer(edge.address);
  const identity = await peer.register({ agentId: "agent_1" });
  assert.equal((await peer.reports(identity).over).error?.code, 7);
  assert.equal(asked.at(-1), "agent_1 report_command agent_1");
});
