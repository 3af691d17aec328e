/** The servers that are compared: the product's by its task's command line, a bare one, and Socket.IO's. */
import config from "../../deno.json" with { type: "json" };
import { freePort } from "../../shared/testing/free_port.ts";

export type SystemKind = "parley" | "bare" | "socket.io";

/** A running server: its process, and where its clients connect. */
export interface System extends AsyncDisposable {
  kind: SystemKind;
  pid: number;
  /** Of its WebSockets. */
  url: string;
  /** Of its HTTP interface. */
  http: string;
  /** `host:port` of its gRPC; empty where it has none. */
  grpc: string;
}

/** Starts the product's server with its defaults, but for ports, data and `env`. */
export async function openParley(env: Record<string, string> = {}): Promise<System> {
  const directory = await Deno.makeTempDir();
  const [port, grpcPort] = [freePort(), freePort()];
  const args = config.tasks["start:server"].command.split(" ").slice(1);
  const addresses = { PORT: port, GRPC_PORT: grpcPort, GRPC_HOST: "127.0.0.1" };
  const child = spawn(args, { ...addresses, DATA_DIR: directory, LOG_LEVEL: "warning", ...env });
  const http = `http://127.0.0.1:${port}`;
  await until(async () => (await fetch(`${http}/readyz`)).ok);
  return {
    kind: "parley",
    pid: child.pid,
    url: `ws://127.0.0.1:${port}/ws`,
    http,
    grpc: `127.0.0.1:${grpcPort}`,
    async [Symbol.asyncDispose]() {
      await end(child);
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** Starts the smallest server that says to all what one says: on `Deno.serve`, or Socket.IO. */
export async function openPeer(kind: "bare" | "socket.io"): Promise<System> {
  const port = freePort();
  const script = kind === "bare" ? "bench/presence/bare.ts" : "bench/presence/socket_io.ts";
  const child = spawn(["run", "-A", script, port], {});
  const path = kind === "bare" ? "" : "socket.io/?EIO=4&transport=websocket";
  const http = `http://127.0.0.1:${port}/`;
  await until(async () => (await (await fetch(http)).body?.cancel(), true));
  return {
    kind,
    pid: child.pid,
    url: `ws://127.0.0.1:${port}/${path}`,
    http,
    grpc: "",
    [Symbol.asyncDispose]: () => end(child),
  };
}

/** Reads what a process has used so far: resident memory in MB, processor time in ms. */
export function usageOf(pid: number): { residentMb: number; processorMs: number } {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    residentMb: Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024,
    processorMs: (Number(fields[11]) + Number(fields[12])) * 10,
  };
}

/** Waits until `isSo`; a throw counts as no. Throws after `withinMs`. */
export async function until(isSo: () => Promise<boolean> | boolean, withinMs = 60_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!await Promise.resolve().then(isSo).catch(() => false)) {
    if (performance.now() > deadline) throw new Error(`not so within ${withinMs} ms: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function spawn(args: string[], env: Record<string, string>): Deno.ChildProcess {
  const options = { args, env, stdin: "null", stdout: "null", stderr: "inherit" } as const;
  return new Deno.Command(Deno.execPath(), options).spawn();
}

async function end(child: Deno.ChildProcess): Promise<void> {
  child.kill("SIGTERM");
  await child.status;
}
