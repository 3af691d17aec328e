import assert from "node:assert/strict";
import { ModelServer } from "../../agent/chat/testing/model_server.ts";
import config from "../../deno.json" with { type: "json" };
import { isAlive } from "../../shared/testing/task_process.ts";
import { bundle, BundledAgent, removeBundle } from "./bundled_agent.ts";
import { type Frame, Frontend } from "./frontend.ts";
import { descendants, processOf, type Running, start } from "./running.ts";

Deno.test("the bundled agent is one file that needs nothing but Deno", async (t) => {
  try {
    await t.step(
      "it names no module but Deno's own, and holds no language that nobody asked for",
      isSelfContained,
    );
    await using running = await start();
    await running.line(/Parley is ready/);
    await t.step("it says its version, help, and what is wrong", () => saysItsOwn());
    await t.step("each kind answers over the hub", () => eachKindAnswers(running));
    await t.step("it is its own runner, which runs programs and ends them", () => runsCommands(running));
    await t.step("it is compiled as far as this machine gets", compiles);
  } finally {
    await removeBundle();
  }
});

async function isSelfContained(): Promise<void> {
  const text = await Deno.readTextFile(await bundle());
  const taken = [...text.matchAll(/^import\b.*?["']([^"']+)["'];$|\bimport\(\s*["']([^"']+)["']\s*\)/gm)]
    .map(([, one, other]) => (one ?? other)!);
  assert.deepEqual(taken.filter((specifier) => !specifier.startsWith("node:")), []);
  assert.doesNotMatch(text, /msal|class SecretClient/, "Azure's clients come from npm where they are used");
  assert.doesNotMatch(text, /zod\/[^\n]*\/locales\/(?!en\.js|index\.js)/);
  assert.ok(text.length < 4_500_000, `${text.length} bytes: has a library been loaded as a whole?`);
  assert.doesNotMatch(text, /[^\0-\x7f]/);
}

async function saysItsOwn(): Promise<void> {
  const secret = { AZURE_KEY_VAULT_URL: "https://parley.vault.azure.net", LOG_LEVEL: "keyvault://level" };
  const cases: [string[], number, RegExp, Record<string, string>?][] = [
    [["--version"], 0, new RegExp(`^${config.version.replaceAll(".", "\\.")}$`)],
    [["--help"], 0, /--allow-command/],
    [["--kind", "nobody"], 2, /--kind/],
    [[], 2, /Azure's clients cannot be loaded here\. They come from npm/, secret],
  ];
  for (const [args, code, says, env] of cases) {
    await using agent = await BundledAgent.start(args, env);
    assert.equal(await agent.end(), code);
    assert.match(agent.lines.join("\n"), says);
  }
}

/** Resident memory, in MB, after the first answer, with nothing cached. */
const MOST_MB: Record<string, number> = { echo: 90, guide: 90, mistral: 110, openai: 110 };

async function eachKindAnswers({ env, serverUrl }: Running): Promise<void> {
  await using model = new ModelServer({ kind: "answer", pieces: ["Good ", "day"] });
  const kinds: [string, Record<string, string>, RegExp][] = [
    ["echo", {}, /^Who is online\?$/],
    ["guide", { PARLEY_API_URL: serverUrl }, /Echo/],
    ["mistral", { MISTRAL_API_KEY: "a-key", MISTRAL_BASE_URL: model.url }, /^Good day$/],
    ["openai", { OPENAI_BASE_URL: `${model.url}/v1`, OPENAI_MODEL: "m" }, /^Good day$/],
  ];
  for (const [kind, variables, answers] of kinds) {
    const id = `agent_bundled_${kind}`;
    await using agent = await BundledAgent.start(args(env, { kind, id }), variables);
    await using frontend = await Frontend.open(serverUrl);
    await online(frontend, id);
    const reply = await frontend.answerTo(frontend.ask("Who is online?", { receiver_id: id }));
    assert.equal(reply.message_type, "REPLY", JSON.stringify(reply));
    assert.match(String(reply.text_payload), answers);
    const status = Deno.readTextFileSync(`/proc/${agent.child.pid}/status`);
    assert.ok(Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024 <= MOST_MB[kind]!, status);
    const left = Array.from(Deno.readDirSync(agent.home), ({ name }) => name).sort();
    assert.deepEqual(left.filter((name) => name !== "cache"), ["agent.js"]);
    assert.deepEqual(filesIn(`${agent.home}/cache/npm`), [], "no package was fetched");
  }
}

async function runsCommands({ env, serverUrl }: Running): Promise<void> {
  const id = "agent_bundled_command";
  const allowed = ["--allow-command", "printf *", "--allow-command", "sleep *"];
  await using agent = await BundledAgent.start([...args(env, { kind: "echo", id }), ...allowed]);
  await using frontend = await Frontend.open(serverUrl);
  await online(frontend, id);

  const runner = processOf(agent.child.pid, "parley-runner");
  assert.match(Deno.readTextFileSync(`/proc/${runner}/cmdline`), /--deny-net.*agent\.js/s);

  const printed = await command(frontend, serverUrl, { id, arguments: ["printf", "%s", "it; runs"] });
  const { command: done } = await ended(frontend, printed);
  assert.deepEqual([done.status, done.output, done.exit_code], ["succeeded", "it; runs", 0]);

  const refused = await command(frontend, serverUrl, { id, arguments: ["rm", "-rf", "/"] });
  assert.equal((await ended(frontend, refused)).command.code, "forbidden");

  const slept = await command(frontend, serverUrl, { id, arguments: ["sleep", "600"] });
  await frontend.frame((frame) => isOf(frame, slept) && Boolean((frame as Update).command.started_at));
  const sleeping = processOf(runner, "sleep 600");
  await fetch(`${serverUrl}/api/commands/${slept}/cancel`, { method: "POST" }).then((answer) =>
    answer.body?.cancel()
  );
  assert.equal((await ended(frontend, slept)).command.status, "cancelled");
  assert.equal(isAlive(sleeping), false);

  const below = descendants(agent.child.pid);
  agent.child.kill("SIGTERM");
  assert.equal(await agent.end(), 0, agent.lines.join("\n"));
  assert.deepEqual(below.filter(isAlive), [], "no process is left behind");
}

/** Deno compiles with a base binary that it downloads. Where that cannot be reached, that is the only thing that is missing. */
async function compiles(): Promise<void> {
  const [, , ...flags] = config.tasks["compile:agent"].command.split(" && ")[1]!.split(" ");
  const program = (await bundle()).replace(/\.js$/, "");
  const paths: Record<string, string> = { "dist/agent": program, "dist/agent.js": await bundle() };
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["compile", "--quiet", ...flags.map((flag) => paths[flag] ?? flag)],
    stdout: "null",
  }).output();
  const words = new TextDecoder().decode(stderr);
  if (!success) return assert.match(words, /Setting up base binary[^]*dl\.deno\.land\/release\/[^]*denort/);
  const { stdout } = await new Deno.Command(program, { args: ["--version"] }).output();
  assert.equal(new TextDecoder().decode(stdout).trim(), config.version);
}

type Update = Frame & { command: Record<string, unknown> };

/** Lists the files below a folder that may not be there. */
function filesIn(folder: string): string[] {
  try {
    return Array.from(Deno.readDirSync(folder))
      .flatMap(({ name, isDirectory }) => isDirectory ? filesIn(`${folder}/${name}`) : [`${folder}/${name}`]);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function args(env: Record<string, string>, { kind, id }: { kind: string; id: string }): string[] {
  return ["--kind", kind, "--id", id, "--server", `127.0.0.1:${env.GRPC_PORT}`];
}

/** Resolves once everybody is told that the agent is there. */
function online(frontend: Frontend, id: string): Promise<Frame> {
  type Shown = { agent_id: string; is_online: boolean };
  return frontend.frame(({ message_type, agents }) =>
    message_type === "AGENT_STATUS_UPDATE" &&
    (agents as Shown[]).some(({ agent_id, is_online }) => agent_id === id && is_online)
  );
}

/** Has an agent do something, and gives the command's id; the frontend hears how it goes. */
async function command(
  frontend: Frontend,
  serverUrl: string,
  { id, ...asked }: { id: string; arguments: string[] },
): Promise<string> {
  const { command_id } = await post(frontend, `${serverUrl}/api/agents/${id}/commands`, {
    type: "shell",
    ...asked,
  });
  frontend.send({ message_type: "SUBSCRIBE_COMMANDS", command_id });
  return command_id;
}

/** Asks as the person at the frontend, whose own commands they may see. */
async function post(frontend: Frontend, url: string, body: unknown): Promise<{ command_id: string }> {
  const { session_token } = await frontend.frame((frame) => frame.session_token !== undefined);
  const headers = { "content-type": "application/json", authorization: `Bearer ${session_token}` };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  const answer = await response.json();
  assert.ok(response.ok, JSON.stringify(answer));
  return answer;
}

async function ended(frontend: Frontend, commandId: string): Promise<Update> {
  return await frontend.frame((frame) =>
    isOf(frame, commandId) && Boolean((frame as Update).command.ended_at)
  ) as Update;
}

function isOf(frame: Frame, commandId: string): boolean {
  return frame.message_type === "COMMAND_UPDATE" && (frame as Update).command.command_id === commandId;
}
