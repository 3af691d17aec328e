/** The whole system for tests in a browser: server, broker and dashboard as people start them, and an agent made by a test. */
import { fileURLToPath } from "node:url";
import { Agent, type MessageHandler } from "../../agent/mod.ts";
import { freePort } from "../../shared/testing/free_port.ts";
import { Child } from "../interop/child.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DEADLINE_MS = 60_000;
const PAUSE_MS = 50;
const FOREIGN = [
  "BUS_URL",
  "RABBITMQ_HOST",
  "AGENT_COMMUNICATION_MODE",
  "DATABASE_URL",
  "WEBSOCKET_URL",
  "WEB_HOST",
];

export type ProcessName = "server" | "broker" | "web";

/** Runs until it is disposed, on ports and in a directory of its own. */
export class System implements AsyncDisposable {
  readonly #processes = new Map<ProcessName, Child>();
  readonly #agents: Agent[] = [];

  private constructor(
    readonly ports: { http: number; grpc: number; web: number },
    readonly directory: string,
  ) {}

  /**
   * Resolves once the dashboard answers and the server and its broker are ready. `prepare` may put data into their
   * directory before they start.
   */
  static async start({ prepare }: { prepare?: (directory: string) => Promise<void> } = {}): Promise<System> {
    const directory = await Deno.makeTempDir({ prefix: "parley-browser-" });
    await prepare?.(directory);
    const [http, grpc, web] = [freePort(), freePort(), freePort()].map(Number) as [number, number, number];
    const system = new System({ http, grpc, web }, directory);
    try {
      for (const name of ["web", "broker", "server"] as const) system.begin(name);
      await system.untilReady();
      return system;
    } catch (error) {
      const log = system.log;
      await system[Symbol.asyncDispose]().catch(() => {});
      throw new Error(`The system did not start:\n${log}`, { cause: error });
    }
  }

  get url(): string {
    return `http://localhost:${this.ports.web}`;
  }

  get api(): string {
    return `http://127.0.0.1:${this.ports.http}`;
  }

  /** Shows what the processes wrote, for people. */
  get log(): string {
    return [...this.#processes.values()].map(({ log }) => log).join("\n");
  }

  begin(name: ProcessName): void {
    const command = taskCommand(`start:${name}`);
    this.#processes.set(name, new Child({ name, command, cwd: ROOT, env: this.#environment() }));
  }

  /** Ends a process without a chance to say good-bye. */
  async kill(name: ProcessName): Promise<void> {
    await this.#processes.get(name)!.kill();
    this.#processes.delete(name);
  }

  /** Resolves once everything answers; throws as soon as a process ends instead. */
  async untilReady(): Promise<void> {
    const ready = Promise.all([
      answers(`${this.url}/healthz`),
      answers(`${this.api}/readyz`),
      until(`${this.api}/api/brokers`, ({ items }) => items.some(({ is_online }) => is_online)),
    ]);
    const ended = [...this.#processes.values()].map(async (child) => {
      const code = await child.exited;
      throw new Error(`A process ended with ${code} instead of being ready:\n${child.log}`);
    });
    await Promise.race([ready, ...ended]);
  }

  /** Starts an agent in this process. Resolves once the server shows it online. */
  async agent(name: string, handler: MessageHandler): Promise<Agent> {
    const id = `agent_${name.toLowerCase()}0000`;
    const agent = new Agent({
      name,
      id,
      server: `127.0.0.1:${this.ports.grpc}`,
      capabilities: ["chat", "test"],
    });
    agent.onMessage(handler);
    this.#agents.push(agent);
    await agent.start();
    await this.untilOnline(id);
    return agent;
  }

  async untilOnline(id: string): Promise<void> {
    await until(
      `${this.api}/api/agents`,
      ({ items }) => items.some(({ agent_id, is_online }) => agent_id === id && is_online),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#agents.map((agent) => agent[Symbol.asyncDispose]()));
    const server = this.#processes.get("server");
    const others = [...this.#processes.values()].filter((child) => child !== server);
    await Promise.all(others.map((child) => child.stop()));
    await server?.stop();
    await Deno.remove(this.directory, { recursive: true });
  }

  #environment(): Record<string, string> {
    return {
      HOST: "127.0.0.1",
      PORT: String(this.ports.http),
      WEBSOCKET_HOST: "127.0.0.1",
      WEBSOCKET_PORT: String(this.ports.http),
      GRPC_HOST: "127.0.0.1",
      GRPC_PORT: String(this.ports.grpc),
      WEB_PORT: String(this.ports.web),
      DATA_DIR: this.directory,
      LOG_FORMAT: "json",
      // What a .env file of the checkout may say is not meant here.
      ...Object.fromEntries(FOREIGN.map((name) => [name, ""])),
    };
  }
}

/** Reads the command line of `task` from deno.json, so that a test runs with the permissions that people run with. */
export function taskCommand(task: string): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}/deno.json`));
  const [program, ...args] = (tasks[task].command as string).split(" ");
  if (program !== "deno") throw new Error(`deno.json: the task ${task} should be one deno command`);
  return [Deno.execPath(), ...args];
}

async function answers(url: string): Promise<void> {
  await poll(url, async (response) => {
    await response.body?.cancel();
    return response.ok;
  });
}

interface List {
  items: { agent_id?: string; is_online: boolean }[];
}

async function until(url: string, isSo: (list: List) => boolean): Promise<void> {
  await poll(url, async (response) => isSo(await response.json()));
}

/** Asks `url` again and again until the answer is as expected. */
export async function poll(url: string, isSo: (response: Response) => Promise<boolean>): Promise<void> {
  const lastTry = Date.now() + DEADLINE_MS;
  while (!await fetch(url).then(isSo).catch(() => false)) {
    if (Date.now() > lastTry) throw new Error(`${url} did not become as expected`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
