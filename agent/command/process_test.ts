/** The agent's process and its runner: who may do what, and what becomes of programs when either is killed. */
import { strict as assert } from "node:assert";
import project from "../../deno.json" with { type: "json" };
import { isAlive, outcomeOf } from "../../shared/testing/task_process.ts";
import { ask } from "../testing/ada.ts";
import { TestHub } from "../testing/hub.ts";
import { untilGone } from "./testing/runner.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const [, ...TASK] = project.tasks["start:agent"].command.split(" ");
const PERMISSIONS = TASK.slice(0, -1);

/** Runs `file` with the permissions of the task that starts agents. */
function spawned(file: string, args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [...PERMISSIONS, `${ROOT}${file}`, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Starts an agent that runs a program, and waits until it does. */
async function running(hub: TestHub) {
  const agent = spawned("agent/main.ts", [
    "--kind",
    "command",
    "--id",
    "agent_ada",
    "--server",
    hub.address,
    "--allow-command",
    "sh -c *",
  ]);
  await hub.presence.nextThat(([, state]) => state === "online");
  hub.command("agent_ada", { type: "shell", arguments: ["sh", "-c", "echo $$ $PPID; exec sleep 1000"] });
  const report = (await hub.commandReports.nextThat(({ report }) => report?.$case === "output")).report;
  assert.ok(report?.$case === "output");
  const [program, runner] = report.value.text.trim().split(" ").map(Number);
  return { agent, program: program!, runner: runner! };
}

Deno.test("the process that reaches the network can run nothing once its runner stands", async () => {
  const { out, code } = await outcomeOf(spawned("agent/command/testing/probe.ts", []));
  assert.deepEqual([out, code], ["spawn refused\ndeno refused\nkill refused\nasked refused\n", 0]);
});

Deno.test("an agent whose runner is killed tells what became of its command, and ends with 1 for its supervisor", async () => {
  await using hub = await TestHub.start();
  const { agent, program, runner } = await running(hub);
  Deno.kill(runner, "SIGKILL");
  const { status, code, errorMessage } = await hub.commandResults.next();
  assert.deepEqual([status, code], ["failed", "unavailable"]);
  assert.match(errorMessage, /process that runs programs ended/);
  assert.equal((await outcomeOf(agent)).code, 1);
  await untilGone([program]);
});

Deno.test("an agent that is killed leaves no program behind", async () => {
  await using hub = await TestHub.start();
  const { agent, program, runner } = await running(hub);
  agent.kill("SIGKILL");
  await outcomeOf(agent);
  await untilGone([program, runner]);
});

Deno.test("an agent that is asked to end cancels its command, says so, and ends with 0", async () => {
  await using hub = await TestHub.start();
  const { agent, program, runner } = await running(hub);
  agent.kill("SIGTERM");
  assert.equal((await hub.commandResults.next()).status, "cancelled");
  assert.equal((await outcomeOf(agent)).code, 0);
  assert.deepEqual([program, runner].filter(isAlive), []);
});

Deno.test("an agent of the kind command says what it may run instead of chatting", async () => {
  await using hub = await TestHub.start();
  const args = ["--kind", "command", "--id", "agent_ada", "--server", hub.address];
  const agent = spawned("agent/main.ts", [
    ...args,
    "--allow-command",
    "printf *",
    "--allow-command",
    "sleep 1",
  ]);
  const { capabilities } = await hub.registrations.next();
  assert.deepEqual(Object.keys(capabilities).sort(), [
    "command_types",
    "commands",
    "only-when-named",
    "task_types",
  ]);
  await hub.give("agent_ada", ask("hello"));
  const { text_payload } = await hub.sent.next();
  assert.match(String(text_payload), /do not chat\..*\n\n- `printf -\*\*`\n- `sleep 1`$/);
  agent.kill("SIGTERM");
  await outcomeOf(agent);
});

const CANNOT_START: [args: string[], says: RegExp][] = [
  [["--kind", "command"], /you allow nothing\. Give --allow-command/],
  [["--allow-command", "a | b"], /--allow-command "a \| b": Nothing here is a shell/],
  [["--command-policy", "/no/such.json"], /policy of commands cannot be read/],
];

for (const [args, says] of CANNOT_START) {
  Deno.test(`an agent started with ${args.join(" ")} ends with 2 and says what to change`, async () => {
    const end = await outcomeOf(spawned("agent/main.ts", args));
    assert.equal(end.code, 2);
    assert.match(end.err, says);
  });
}
