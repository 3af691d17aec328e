/** Runs all of Parley with one command: server, broker, two agents and the dashboard. */
import config from "../deno.json" with { type: "json" };
import { ConfigError } from "../shared/config.ts";
import { readEnvironment } from "../shared/environment.ts";
import { createRepeat } from "../shared/shutdown.ts";
import { launcherIsGone, launchersAbove, readProc } from "./start/ancestors.ts";
import { linePrinter } from "./start/lines.ts";
import { checkData, checkPorts, checkVariables, VARIABLES } from "./start/preflight.ts";
import { untilReady } from "./start/ready.ts";
import { CANNOT_GO_ON, type ProcessSpec, Supervised } from "./start/supervised.ts";

const HELP = `Usage: deno task start

Runs the server, a broker, the agents Guide and Echo and the dashboard, and starts again whatever dies.
With MISTRAL_API_KEY set, a Mistral agent joins them. Ctrl-C ends everything.

The variables in .env.example apply to all of them. Each part can also be run by itself:
  deno task start:server      deno task start:broker
  deno task start:web         deno task start:agent -- --name Ada --kind echo`;

/** How long processes may finish what they do, in milliseconds: when asked, and when the launcher is gone already. */
const GRACE_MS = 11_000;
const ORPHAN_GRACE_MS = 700;
const WATCH_MS = 200;
/** The width of a process's name in front of its lines. */
const WIDTH = 8;

async function main(args: string[]): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) return print(HELP);
  if (args.includes("--version") || args.includes("-V")) return print(config.version);
  try {
    if (args.length > 0) throw new ConfigError(`Unknown argument "${args[0]}". Try --help.`);
    const env = await readEnvironment({ variables: VARIABLES });
    checkVariables(env);
    checkPorts(env);
    await checkData(env);
    return await run(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    return CANNOT_GO_ON;
  }
}

async function run(env: Record<string, string>): Promise<number> {
  const say = linePrinter("start", 0, WIDTH);
  const ended = Promise.withResolvers<End>();
  const processes = specs(env).map((spec, index) =>
    new Supervised(spec, { print: linePrinter(spec.name, index + 1, WIDTH), say })
  );
  for (const process of processes) process.failed.then(() => ended.resolve({ failed: process.name }));
  watchSignals(ended.resolve, processes);
  watchLaunchers(ended.resolve);
  announce(env, say, processes.length);
  return await stop(await ended.promise, processes, say);
}

/** Why everything ends: asked to, the launcher is gone, or a process cannot go on. */
type End = { asked: string } | { orphaned: true } | { failed: string };

function specs(env: Record<string, string>): ProcessSpec[] {
  const agent = (kind: string, name: string): ProcessSpec => ({
    name: kind,
    args: [...taskArgs("start:agent"), "--kind", kind, "--name", name, "--id", `agent_${kind}`],
  });
  const all: ProcessSpec[] = [
    { name: "server", args: taskArgs("start:server") },
    { name: "broker", args: taskArgs("start:broker") },
    agent("guide", "Guide"),
    agent("echo", "Echo"),
    ...(env.MISTRAL_API_KEY ? [agent("mistral", "Mistral")] : []),
    { name: "web", args: taskArgs("start:web") },
  ];
  // A person reads this: pretty lines unless another format was asked for. The pipe to here is no terminal to `auto`.
  const format = env.LOG_FORMAT && env.LOG_FORMAT !== "auto" ? env.LOG_FORMAT : "pretty";
  return all.map((spec) => ({ ...spec, env: { LOG_FORMAT: format } }));
}

/** Takes a process's command line from its task, so that both ways of starting it are the same. */
function taskArgs(task: keyof typeof config.tasks): string[] {
  const entry = config.tasks[task] as { command: string };
  return entry.command.split(" ").slice(1);
}

function announce(env: Record<string, string>, say: (line: string) => void, processes: number): void {
  const webUrl = `http://${urlHost(env.WEB_HOST, "localhost")}:${env.WEB_PORT || 8000}`;
  const serverUrl = `http://${urlHost(env.HOST, "127.0.0.1")}:${env.PORT || 8765}`;
  const agents = processes - 3;
  untilReady({ serverUrl, webUrl, agents }, (missing) => say(`Not ready yet: ${missing}`))
    .then(() => say(`Parley is ready: ${webUrl}`));
}

/** Gives the host to connect to where a process binds `bound`; every address is also this machine's own. */
function urlHost(bound: string | undefined, local: string): string {
  if (!bound || bound === "0.0.0.0" || bound === "::" || bound === "127.0.0.1") return local;
  return bound.includes(":") ? `[${bound}]` : bound;
}

function watchSignals(end: (end: End) => void, processes: Supervised[]): void {
  const repeated = createRepeat();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => {
      if (repeated()) processes.forEach((process) => process.kill());
      end({ asked: signal });
    });
  }
}

function watchLaunchers(end: (end: End) => void): void {
  const row = launchersAbove(Deno.ppid, readProc);
  if (row.length === 0) return;
  setInterval(() => {
    if (launcherIsGone(row, readProc)) end({ orphaned: true });
  }, WATCH_MS);
}

async function stop(end: End, processes: Supervised[], say: (line: string) => void): Promise<number> {
  const graceMs = "orphaned" in end ? ORPHAN_GRACE_MS : GRACE_MS;
  if ("failed" in end) {
    say(`${end.failed} cannot go on as things are (see its line above); ending everything`);
  } else say("orphaned" in end ? "the launcher is gone; ending everything" : "ending everything");
  const [first, rest] = [processes.slice(0, 1), processes.slice(1)];
  await Promise.all(rest.map((process) => process.stop(graceMs)));
  await Promise.all(first.map((process) => process.stop(graceMs)));
  return "failed" in end ? CANNOT_GO_ON : 0;
}

function print(text: string): number {
  console.log(text);
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
