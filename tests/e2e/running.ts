/** Starts `deno task start` as a person does, in a directory of its own, and reads what it prints. */
import { freePort } from "../../shared/testing/free_port.ts";
import { inherited } from "../environment.ts";
import { eachLine } from "../../tools/start/lines.ts";

const root = new URL("../..", import.meta.url).pathname;

export interface Running extends AsyncDisposable {
  readonly child: Deno.ChildProcess;
  readonly env: Record<string, string>;
  readonly webUrl: string;
  readonly serverUrl: string;
  readonly lines: string[];
  /** Resolves with the first line, past or to come, that matches; rejects after `limitMs`. */
  line(pattern: RegExp, limitMs?: number): Promise<string>;
}

export interface StartOptions {
  env?: Record<string, string>;
  /** The program and its arguments; default: the native Deno with `task start`. */
  command?: [string, ...string[]];
  /** The checkout to run; default: this one. */
  cwd?: string;
  /** A port to use although it may be taken. */
  ports?: Partial<Record<"PORT" | "GRPC_PORT" | "WEB_PORT", string>>;
}

/** Starts everything; nothing of this machine's environment but what programs need reaches it. */
export async function start(
  { env = {}, command, cwd = root, ports = {} }: StartOptions = {},
): Promise<Running> {
  const directory = await Deno.makeTempDir();
  const taken = { PORT: freePort(), GRPC_PORT: freePort(), WEB_PORT: freePort(), ...ports };
  const variables = {
    ...inherited(),
    ...taken,
    GRPC_HOST: "127.0.0.1",
    DATA_DIR: directory,
    WEBSOCKET_URL: `ws://127.0.0.1:${taken.PORT}/ws`,
    NO_COLOR: "1",
    ...env,
  };
  const [program, ...args] = command ?? [Deno.execPath(), "task", "start"];
  const child = new Deno.Command(program, {
    args,
    cwd,
    env: variables,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  return follow(child, variables, directory);
}

function follow(child: Deno.ChildProcess, env: Record<string, string>, directory: string): Running {
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const add = (line: string) => {
    lines.push(line);
    for (const wake of waiting) wake();
  };
  const output = [child.stdout, child.stderr].map((stream) => eachLine(stream, add));
  return {
    child,
    env,
    lines,
    webUrl: `http://localhost:${env.WEB_PORT}`,
    serverUrl: `http://127.0.0.1:${env.PORT}`,
    line: (pattern, limitMs = 60_000) => firstLine(lines, waiting, pattern, limitMs),
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGTERM");
      } catch { /* It has ended. */ }
      await child.status;
      await Promise.all(output);
      await Deno.remove(directory, { recursive: true });
    },
  };
}

function firstLine(
  lines: string[],
  waiting: Set<() => void>,
  pattern: RegExp,
  limitMs: number,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const found = lines.find((line) => pattern.test(line));
      if (found === undefined) return;
      clearTimeout(timer);
      waiting.delete(look);
      resolve(found);
    };
    const timer = setTimeout(() => {
      waiting.delete(look);
      reject(
        new Error(
          `No line matched ${pattern} within ${limitMs} ms. Printed was:\n${lines.slice(-60).join("\n")}`,
        ),
      );
    }, limitMs);
    waiting.add(look);
    look();
  });
}

/** Lists the ids of the processes below `pid`, children first. */
export function descendants(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const entry of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(entry.name)) continue;
    try {
      const stat = Deno.readTextFileSync(`/proc/${entry.name}/stat`);
      parents.set(Number(entry.name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch { /* It has ended meanwhile. */ }
  }
  const below = (parent: number): number[] =>
    [...parents].filter(([, ppid]) => ppid === parent).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}

/** Finds the one process below `pid` whose command line contains `text`. */
export function processOf(pid: number, text: string): number {
  const found = descendants(pid).find((id) => commandOf(id).includes(text));
  if (found === undefined) throw new Error(`No process below ${pid} runs ${text}.`);
  return found;
}

function commandOf(pid: number): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
  } catch {
    return "";
  }
}
