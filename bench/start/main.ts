/** Measures how fast an agent starts, and what it takes: as one bundled file, and as its task starts it. */
import { parseArgs } from "node:util";
import config from "../../deno.json" with { type: "json" };
import { bundleAgent } from "../../tools/bundle_agent.ts";
import { eachLine } from "../../tools/start/lines.ts";
import { type Finding, ms, report, spreadOf } from "../presence/report.ts";
import { openParley, usageOf } from "../presence/systems.ts";

const HELP = `Usage: deno task bench:start [--rounds 15]

Starts an agent again and again, with a server on this machine: dist/agent.js, which it makes first, and the sources as
the task does. Prints the milliseconds from the process's start to its registration, and those of --version.
Ends with 1 when a bar is missed.`;

const MOST_MS = 150;
const MOST_MB = 90;
/** Milliseconds after the registration at which the memory is read. */
const SETTLE_MS = 1_000;
const BUNDLE = new URL("../../dist/agent.js", import.meta.url).pathname;

interface Way {
  name: string;
  command: string[];
  registeredMs: number[];
  versionMs: number[];
  residentMb: number[];
}

if (import.meta.main) Deno.exit(await main());

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args.filter((arg) => arg !== "--"),
    options: { rounds: { type: "string", default: "15" }, help: { type: "boolean", default: false } },
  });
  if (values.help) return (console.log(HELP), 0);
  await bundleAgent(BUNDLE);
  await using server = await openParley();
  const task = config.tasks["start:agent"].command.split(" ").slice(1);
  const bundled = [...task.slice(0, -1), BUNDLE];
  const ways = [
    way("dist/agent.js", bundled),
    way("its sources", task),
    way("dist/agent.js, nothing cached", bundled),
  ];
  for (let round = -1; round < Number(values.rounds); round++) {
    for (const each of ways) await measure(each, { round, server: server.grpc });
  }
  return report(ways.flatMap((each, at) => findingsOf(each, at === 0))) ? 0 : 1;
}

function way(name: string, command: string[]): Way {
  return { name, command, registeredMs: [], versionMs: [], residentMb: [] };
}

/** The first round only fills what Deno caches. */
async function measure(each: Way, { round, server }: { round: number; server: string }): Promise<void> {
  const directory = await Deno.makeTempDir();
  const env: Record<string, string> = each.name.endsWith("nothing cached") ? { DENO_DIR: directory } : {};
  const versionMs = await runToEnd([...each.command, "--version"], env);
  if ("DENO_DIR" in env) await Deno.remove(directory, { recursive: true });
  const args = [
    ...each.command,
    "--kind",
    "echo",
    "--name",
    `Start ${crypto.randomUUID()}`,
    "--server",
    server,
  ];
  const { registeredMs, residentMb } = await runToRegistered(args, env);
  await Deno.remove(directory, { recursive: true });
  if (round < 0) return;
  each.versionMs.push(versionMs);
  each.registeredMs.push(registeredMs);
  each.residentMb.push(residentMb);
}

async function runToEnd(args: string[], env: Record<string, string>): Promise<number> {
  const startedAtMs = performance.now();
  await new Deno.Command(Deno.execPath(), { args, env, stdout: "null" }).output();
  return performance.now() - startedAtMs;
}

async function runToRegistered(args: string[], env: Record<string, string>) {
  const startedAtMs = performance.now();
  const agent = new Deno.Command(Deno.execPath(), {
    args,
    env: { ...env, LOG_LEVEL: "info" },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const registered = Promise.withResolvers<number>();
  const read = eachLine(agent.stdout, (line) => {
    if (line.includes("is registered at")) registered.resolve(performance.now());
  }).then(() => registered.reject(new Error(`it ended before it was registered: ${args.join(" ")}`)));
  const registeredMs = await registered.promise - startedAtMs;
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const { residentMb } = usageOf(agent.pid);
  agent.kill("SIGTERM");
  await Promise.all([read, agent.status]);
  return { registeredMs, residentMb };
}

function findingsOf({ name, registeredMs, versionMs, residentMb }: Way, isJudged: boolean): Finding[] {
  const [registered, version] = [spreadOf(registeredMs), spreadOf(versionMs)];
  const memory = Math.max(...residentMb);
  return [
    {
      what: `${name}: start to registered`,
      measured: inFull(registeredMs, registered.p50),
      ...(isJudged ? { bar: `p50 ≤ ${MOST_MS} ms`, isHeld: registered.p50 <= MOST_MS } : {}),
    },
    { what: "  --version", measured: inFull(versionMs, version.p50) },
    {
      what: "  memory, registered",
      measured: `${memory.toFixed(0)} MB`,
      ...(isJudged ? { bar: `≤ ${MOST_MB} MB`, isHeld: memory <= MOST_MB } : {}),
    },
  ];
}

function inFull(times: number[], p50: number): string {
  return `p50 ${ms(p50)}, ${ms(Math.min(...times))}–${ms(Math.max(...times))} ms`;
}
