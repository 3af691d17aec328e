/** The systems that are compared: each started as processes of its own, and ended again. */
import { freePort } from "../../shared/testing/free_port.ts";
import config from "../../deno.json" with { type: "json" };

/** A running system: where its frontend connects, whether it registers, and its processes. */
export interface System extends AsyncDisposable {
  name: string;
  url: string;
  registers: boolean;
  processes: { name: string; pid: number }[];
}

interface Process {
  name: string;
  args: string[];
  env?: Record<string, string>;
}

/** Starts the bare chain on the RabbitMQ at `amqpUrl`. */
export async function openBare(amqpUrl: string): Promise<System> {
  const port = Number(freePort());
  const role = (name: string) => ({
    name,
    args: ["run", "-A", "bench/chat/bare.ts", name, amqpUrl, String(port)],
  });
  const running = start([role("server"), role("broker"), role("agent")]);
  const url = `ws://127.0.0.1:${port}`;
  await until(async () => await accepts(url));
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  return { name: "bare chain on RabbitMQ", url, registers: false, ...running };
}

/** Starts the product; its processes use `busUrl`, or the default when none is given. */
export async function openParley(name: string, busUrl?: string): Promise<System> {
  const directory = await Deno.makeTempDir();
  const [port, grpcPort] = [freePort(), freePort()];
  const env = {
    PORT: String(port),
    GRPC_PORT: String(grpcPort),
    GRPC_HOST: "127.0.0.1",
    DATA_DIR: directory,
    WEBSOCKET_URL: `ws://127.0.0.1:${port}/ws`,
    LOG_LEVEL: "warning",
    RATE_LIMIT_PER_SECOND: "1000000",
    ...(busUrl ? { BUS_URL: busUrl } : {}),
  };
  const task = (part: "server" | "broker"): Process => ({
    name: part,
    args: config.tasks[`start:${part}`].command.split(" ").slice(1),
    env,
  });
  const agent = {
    name: "agent",
    args: ["run", "-A", "bench/chat/agent.ts", `127.0.0.1:${grpcPort}`, busUrl ?? "hub"],
  };
  const running = start([task("server"), task("broker"), { ...agent, env }]);
  await until(async () => await isUp(`http://127.0.0.1:${port}`));
  return {
    name,
    url: `ws://127.0.0.1:${port}/ws`,
    registers: true,
    processes: running.processes,
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** Reads a process's resident memory in MB. */
export function residentMb(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024);
}

function start(specs: Process[]) {
  const children = specs.map(({ name, args, env }) => ({
    name,
    child: new Deno.Command(Deno.execPath(), { args, env, stdin: "null", stdout: "null", stderr: "inherit" })
      .spawn(),
  }));
  return {
    processes: children.map(({ name, child }) => ({ name, pid: child.pid })),
    async [Symbol.asyncDispose]() {
      for (const { child } of children.toReversed()) {
        child.kill("SIGTERM");
        await child.status;
      }
    },
  };
}

async function isUp(base: string): Promise<boolean> {
  try {
    const { items: agents } = await (await fetch(`${base}/api/agents?online=true`)).json();
    const { items: brokers } = await (await fetch(`${base}/api/brokers`)).json();
    return agents.length > 0 && brokers.length > 0;
  } catch {
    return false;
  }
}

function accepts(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    socket.onopen = () => socket.close();
    socket.onclose = ({ wasClean }) => resolve(wasClean);
    socket.onerror = () => resolve(false);
  });
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!await isSo()) {
    if (performance.now() > deadline) throw new Error("the system did not come up within 60 s");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
