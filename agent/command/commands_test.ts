/** Commands as a server has an agent carry them out: told, answered, cancelled, and kept over its absence. */
import { strict as assert } from "node:assert";
import { z } from "zod";
import { ParleyError } from "../../shared/error.ts";
import type { Command, CommandReport } from "../../shared/grpc/gen/agent_registration.ts";
import { Agent } from "../agent.ts";
import type { AgentOptions } from "../agent_options.ts";
import { ID } from "../testing/ada.ts";
import { TestHub } from "../testing/hub.ts";
import type { CommandContext } from "./functions.ts";
import { until } from "./testing/runner.ts";

/** Starts an agent with a function that ends when it is told to, and waits until it is there. */
async function started(hub: TestHub, options: Partial<AgentOptions> = {}) {
  const begun = Promise.withResolvers<CommandContext>();
  const goOn = Promise.withResolvers<void>();
  const agent = new Agent({ name: "Ada", id: ID, server: hub.address, ...options });
  agent.onCommand("work", z.object({}), async (_, context) => {
    begun.resolve(context);
    const aborted = new Promise((resolve) => context.signal.addEventListener("abort", resolve));
    await Promise.race([goOn.promise, aborted]);
    return "worked";
  });
  await agent.start();
  await hub.presence.nextThat(([, state]) => state === "online");
  const send = (commandId: string, command: Partial<Command>) => hub.command(ID, { commandId, ...command });
  return {
    agent,
    send,
    begun: begun.promise,
    goOn: goOn.resolve,
    [Symbol.asyncDispose]: () => agent.stop(),
  };
}

async function kinds(hub: TestHub, id: string, last: string): Promise<CommandReport[]> {
  const reports: CommandReport[] = [];
  do reports.push(await hub.commandReports.nextThat(({ commandId }) => commandId === id)); while (
    reports.at(-1)!.report!.$case !== last
  );
  return reports;
}

Deno.test("an agent runs a program that its owner allows, tells how it goes, and answers", async () => {
  await using hub = await TestHub.start();
  await using ada = await started(hub, { commands: { allow: ["printf *"] } });
  ada.send("cmd_1", { type: "shell", arguments: ["printf", "%s", "a\n'b';"] });
  const [first, second] = await kinds(hub, "cmd_1", "output");
  assert.ok(first!.report?.$case === "started" && first!.agentId === ID);
  assert.match(first!.report.value.description, /printf %s \$'a\\n\\'b\\';'$/);
  assert.deepEqual(second!.report?.value, { sequence: 0, text: "a\n'b';", stream: "stdout" });
  const result = await hub.commandResults.next();
  assert.deepEqual([result.success, result.status, result.output, result.exitCode, result.code], [
    true,
    "succeeded",
    "a\n'b';",
    0,
    "",
  ]);
  assert.deepEqual([result.agentId, result.truncatedBytes, result.signal], [ID, 0n, ""]);
});

for (const type of ["shell", "script", "python"]) {
  Deno.test(`an agent whose owner said nothing runs no ${type}, and says what the owner would add`, async () => {
    await using hub = await TestHub.start();
    await using ada = await started(hub);
    ada.send("cmd_1", { type, content: "df -h" });
    const { success, code, status, errorMessage } = await hub.commandResults.next();
    assert.deepEqual([success, code, status], [false, "forbidden", "failed"]);
    assert.match(errorMessage, /The owner of this agent .* They would/);
  });
}

Deno.test("several commands go on at once, and pausing and stopping wait for none of them", async () => {
  await using hub = await TestHub.start();
  await using ada = await started(hub, { commands: { allow: ["sleep *", "printf *"] } });
  ada.send("work", { type: "work" });
  ada.send("sleep", { type: "shell", content: "sleep 1000" });
  await ada.begun;
  await kinds(hub, "sleep", "started");
  ada.send("pause", { type: "pause" });
  assert.deepEqual((await hub.commandResults.next()).output, "paused");
  ada.send("also", { type: "shell", content: "printf also" });
  assert.deepEqual((await hub.commandResults.next()).output, "also");
  ada.goOn();
  assert.deepEqual((await hub.commandResults.next()).output, "worked");
  ada.send("sleep", { isCancellation: true });
  const { commandId, status, success, signal } = await hub.commandResults.next();
  assert.deepEqual([commandId, status, success, signal], ["sleep", "cancelled", false, "SIGTERM"]);
});

Deno.test("a command that comes twice is carried out once, and one that nobody knows cannot be cancelled", async () => {
  await using hub = await TestHub.start();
  await using ada = await started(hub, { commands: { allow: ["printf *"] } });
  for (let times = 0; times < 2; times++) ada.send("cmd_1", { type: "shell", content: "printf once" });
  assert.equal((await hub.commandResults.next()).output, "once");
  ada.send("cmd_1", { type: "shell", content: "printf once" });
  ada.send("cmd_1", { isCancellation: true });
  ada.send("cmd_2", { isCancellation: true });
  const { commandId, code, status } = await hub.commandResults.next();
  assert.deepEqual([commandId, code, status], ["cmd_2", "not_found", "failed"]);
});

Deno.test("a command that a person must approve runs when exactly it is approved", async () => {
  const file = await Deno.makeTempFile({ suffix: ".json" });
  const entry = { program: "printf", arguments: ["**"], approve: true };
  await Deno.writeTextFile(file, JSON.stringify({ allow: [entry] }));
  await using hub = await TestHub.start();
  await using ada = await started(hub, { commands: { policyFile: file } });
  await Deno.remove(file);
  const command = { type: "shell", content: "printf yes" };
  ada.send("cmd_1", command);
  const [asked] = await kinds(hub, "cmd_1", "approvalNeeded");
  assert.ok(asked!.report?.$case === "approvalNeeded");
  const { digest, description, expiresInS } = asked!.report.value;
  assert.match(description, /printf yes$/);
  assert.ok(expiresInS > 290 && expiresInS <= 300);
  ada.send("cmd_1", { ...command, approvedDigest: "another" });
  await kinds(hub, "cmd_1", "approvalNeeded");
  ada.send("cmd_1", { ...command, approvedDigest: digest });
  assert.equal((await hub.commandResults.next()).output, "yes");
  ada.send("cmd_2", { ...command, approvedDigest: digest });
  const unasked = await hub.commandResults.next();
  assert.deepEqual([unasked.commandId, unasked.code], ["cmd_2", "forbidden"]);
  ada.send("cmd_3", command);
  await kinds(hub, "cmd_3", "approvalNeeded");
  ada.send("cmd_3", { ...command, deniedDigest: digest });
  const [again] = await kinds(hub, "cmd_3", "approvalNeeded");
  assert.ok(again!.report?.$case === "approvalNeeded");
  ada.send("cmd_3", { ...command, deniedDigest: again!.report.value.digest });
  const denied = await hub.commandResults.next();
  assert.deepEqual([denied.status, denied.code], ["cancelled", "forbidden"]);
});

Deno.test("an agent whose server falls says how its commands stand when it is back, and then their results", async () => {
  await using hub = await TestHub.start();
  await using ada = await started(hub);
  const opened = await hub.commandStreams.next();
  assert.deepEqual([opened.commandIds, opened.tellsCommands], [[], true]);
  ada.send("cmd_1", { type: "work" });
  const context = await ada.begun;
  await kinds(hub, "cmd_1", "started");
  hub.fall();
  context.output("meanwhile");
  await hub.listen();
  assert.deepEqual((await hub.commandStreams.next()).commandIds, ["cmd_1"]);
  await kinds(hub, "cmd_1", "started");
  ada.goOn();
  assert.equal((await hub.commandResults.next()).output, "meanwhileworked");
});

Deno.test("a result is sent until the server takes it, and no more when it was told before or is of nothing", async () => {
  await using hub = await TestHub.start();
  await using ada = await started(hub);
  hub.resultFaults.push(new ParleyError("unavailable", "Starting."), new ParleyError("internal", "Oh."));
  ada.send("cmd_1", { type: "pause" });
  assert.equal((await hub.commandResults.next()).commandId, "cmd_1");
  for (const code of ["conflict", "not_found"] as const) {
    hub.resultFaults.push(new ParleyError(code, "No."));
    ada.send(code, { type: "pause" });
  }
  await until(() => hub.resultFaults.length === 0, () => "the results were sent");
  ada.send("cmd_2", { type: "resume" });
  assert.equal((await hub.commandResults.next()).commandId, "cmd_2");
});

Deno.test("a result that the server was not there for is told when it is back", async () => {
  await using hub = await TestHub.start();
  await using ada = await started(hub);
  await hub.commandStreams.next();
  ada.send("cmd_1", { type: "work" });
  await ada.begun;
  hub.fall();
  ada.goOn();
  await hub.listen();
  assert.equal((await hub.commandResults.next()).output, "worked");
});

Deno.test("an agent that stops ends its commands and says so before it goes", async () => {
  await using hub = await TestHub.start();
  const ada = await started(hub, { commands: { allow: ["sleep *"] } });
  ada.send("work", { type: "work" });
  ada.send("sleep", { type: "shell", content: "sleep 1000" });
  await ada.begun;
  await kinds(hub, "sleep", "started");
  await ada.agent.stop();
  const results = [await hub.commandResults.next(), await hub.commandResults.next()];
  assert.deepEqual(results.map(({ commandId, status }) => [commandId, status]).sort(), [
    ["sleep", "cancelled"],
    ["work", "cancelled"],
  ]);
  assert.equal(hub.commandResults.all.length, 2);
});

for (const timeoutS of [NaN, Infinity, -1, 1e12]) {
  Deno.test(`a command that may take ${timeoutS} s is carried out, and ends nothing else`, async () => {
    await using hub = await TestHub.start();
    await using ada = await started(hub, { commands: { allow: ["printf *"] } });
    for (const id of ["", "x".repeat(1_000)]) ada.send(id, { type: "shell", content: "printf dropped" });
    ada.send("cmd_1", { type: "shell", content: "printf fine", timeoutS });
    assert.equal((await hub.commandResults.next()).output, "fine");
  });
}

Deno.test("an agent says that it carries out commands, and which", async () => {
  await using hub = await TestHub.start();
  await using _ada = await started(hub, { commands: { allow: ["printf *"] } });
  const { capabilities } = await hub.registrations.next();
  assert.deepEqual(capabilities, {
    chat: "true",
    commands: "true",
    command_types: "shell script python work",
    task_types: "none",
  });
});
