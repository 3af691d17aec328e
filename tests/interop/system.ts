// The system under test: our server, and our broker where a test wants it, started as people start them.

import { fileURLToPath } from "node:url";
import type { VirtualHost } from "../../shared/bus/testing/rabbitmq.ts";
import { freePort } from "../../shared/testing/free_port.ts";
import { Child } from "./child.ts";
import { DEADLINE_MS } from "./inbox.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PAUSE_BETWEEN_TRIES_MS = 100;

export interface SystemOptions {
  virtualHost: VirtualHost;
  /** Whether our broker runs too; without it, a peer stands in. */
  broker: boolean;
  env?: Record<string, string>;
}

/** Runs until it is disposed, on ports and a directory of its own. */
export class System implements AsyncDisposable {
  private constructor(
    readonly virtualHost: VirtualHost,
    readonly ports: { http: number; grpc: number },
    readonly processes: Child[],
    readonly resources: AsyncDisposableStack,
  ) {}

  /** Resolves once the server says that it is ready; the broker may still be starting. */
  static async start({ virtualHost, broker, env }: SystemOptions): Promise<System> {
    await using resources = new AsyncDisposableStack();
    const directory = await Deno.makeTempDir({ prefix: "parley-interop-" });
    resources.defer(() => Deno.remove(directory, { recursive: true }));
    const ports = { http: Number(freePort()), grpc: Number(freePort()) };
    const settings = { ...environment(virtualHost.url(), directory, ports), ...env };
    const names = broker ? ["server", "broker"] : ["server"];
    const processes = names.map((name) => resources.use(ours(name, settings)));
    await ready(`http://127.0.0.1:${ports.http}/readyz`, processes);
    return new System(virtualHost, ports, processes, resources.move());
  }

  get ws(): string {
    return `ws://127.0.0.1:${this.ports.http}/ws`;
  }

  get http(): string {
    return `http://127.0.0.1:${this.ports.http}`;
  }

  get grpc(): string {
    return `127.0.0.1:${this.ports.grpc}`;
  }

  get amqp(): string {
    return this.virtualHost.url();
  }

  /** Shows what our processes wrote, for people. */
  get log(): string {
    return this.processes.map((process) => process.log).join("\n");
  }

  /** Ends the processes, which must exit with 0 on SIGTERM, and removes everything they had. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.resources.disposeAsync();
  }
}

function ours(name: string, env: Record<string, string>): Child {
  return new Child({ name, command: taskCommand(`start:${name}`), cwd: ROOT, env });
}

/** Reads the command line of `task` from deno.json, so that a test runs with the very permissions that people run with. */
function taskCommand(task: string): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}/deno.json`));
  const line: string | undefined = tasks?.[task]?.command ?? tasks?.[task];
  const [program, ...args] = (line?.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map((word) =>
    word.replace(/^["']|["']$/g, "")
  );
  if (program !== "deno") {
    throw new Error(`deno.json: the task ${task} should be one deno command, not ${line}`);
  }
  return [Deno.execPath(), ...args];
}

function environment(
  bus: string,
  directory: string,
  ports: { http: number; grpc: number },
): Record<string, string> {
  return {
    HOST: "127.0.0.1",
    PORT: String(ports.http),
    GRPC_HOST: "127.0.0.1",
    GRPC_PORT: String(ports.grpc),
    BUS_URL: bus,
    DATABASE_URL: `sqlite:${directory}/store.sqlite`,
    DATA_DIR: directory,
    LOG_FORMAT: "json",
  };
}

/** Asks `url` until it answers 200; throws when a process ends before, or the deadline passes. */
async function ready(url: string, processes: Child[]): Promise<void> {
  const lastTry = Date.now() + DEADLINE_MS;
  const log = () => processes.map((process) => process.log).join("\n");
  const ended = Promise.race(processes.map(({ exited }) => exited))
    .then((code) => Promise.reject(new Error(`a process ended with ${code} while starting\n${log()}`)));
  ended.catch(() => {/* once it is ready, whoever stops a process looks at its exit code */});
  while (!await Promise.race([answersOk(url), ended])) {
    if (Date.now() > lastTry) throw new Error(`${url} did not become ready\n${log()}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_BETWEEN_TRIES_MS));
  }
}

async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
