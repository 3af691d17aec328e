/** The systems that are compared: each with three worker processes, started and ended again. */
import config from "../../deno.json" with { type: "json" };
import { freePort } from "../../shared/testing/free_port.ts";
import { bullMqFolder } from "./bullmq.ts";
import { Running } from "./process.ts";
import type { Round } from "./report.ts";

const BYTES = 256;
const WORKERS = [1, 2, 3];

export interface System extends AsyncDisposable {
  /** Does so many tasks, and tells how long that took from the first that was asked for to the last that was recorded. */
  run(count: number): Promise<Round>;
}

export interface ParleyOptions {
  /** The server's bus; default: its own. */
  busUrl?: string;
  /** Whether tasks are asked for by the bus, and not by gRPC. */
  throughBus?: boolean;
  /** One handler in ten fails once. */
  isFailing?: boolean;
  /** A worker is killed every second, and started again. */
  isKilling?: boolean;
}

/** BullMQ on the Redis at `port`, in Node, as its own documentation runs it, at a concurrency of 100. */
export async function openBullMq(port: number): Promise<System> {
  await using resources = new AsyncDisposableStack();
  const cwd = await bullMqFolder();
  const workers = WORKERS.map(() => resources.use(new Running("node", ["worker.js", String(port)], { cwd })));
  await Promise.all(workers.map((worker) => worker.next()));
  return owning(resources, async (count) => {
    const args = ["producer.js", String(port), String(count), String(BYTES)];
    await using producer = new Running("node", args, { cwd });
    return await producer.next() as { ms: number };
  });
}

export async function openRaw(url: string): Promise<System> {
  await using resources = new AsyncDisposableStack();
  const raw = (...args: string[]) =>
    new Running(Deno.execPath(), ["run", "-A", "bench/tasks/raw.ts", ...args]);
  const workers = WORKERS.map(() => resources.use(raw("worker", url)));
  await Promise.all(workers.map((worker) => worker.next()));
  return owning(resources, async (count) => {
    await using producer = raw("producer", url, String(count), String(BYTES));
    await producer.next();
    const from = performance.now();
    const dones = workers.map(() => 0);
    await new Promise<void>((resolve) => {
      for (const [index, worker] of workers.entries()) {
        void (async () => {
          while (sum(dones) < count) {
            dones[index] = Number((await worker.next()).done);
            if (sum(dones) >= count) resolve();
          }
        })().catch(() => {});
      }
    });
    return { ms: performance.now() - from };
  });
}

export async function openParley(options: ParleyOptions): Promise<System> {
  await using resources = new AsyncDisposableStack();
  const directory = await Deno.makeTempDir();
  resources.defer(() => Deno.remove(directory, { recursive: true }));
  const [port, grpcPort] = [freePort(), freePort()].map(String) as [string, string];
  const env = {
    PORT: port,
    GRPC_PORT: grpcPort,
    DATA_DIR: directory,
    LOG_LEVEL: "error",
    ...(options.busUrl ? { BUS_URL: options.busUrl } : {}),
  };
  const server = config.tasks["start:server"].command.split(" ").slice(1);
  resources.use(new Running(Deno.execPath(), server, { env }));
  await until(() => isReady(port));
  const worker = (name: string) =>
    new Running(Deno.execPath(), ["run", "-A", "bench/tasks/worker.ts", `127.0.0.1:${grpcPort}`, name], {
      env,
    });
  const workers = WORKERS.map((number) => worker(`worker ${number}`));
  resources.defer(async () => {
    await Promise.all(workers.map((each) => each[Symbol.asyncDispose]()));
  });
  await until(async () => await onlineAt(port) === WORKERS.length);
  return owning(resources, async (count) => {
    const how = [options.throughBus ? options.busUrl ?? "" : "", options.isFailing ? "fails" : ""];
    const args = [
      "run",
      "-A",
      "bench/tasks/submitter.ts",
      `127.0.0.1:${grpcPort}`,
      String(count),
      String(BYTES),
    ];
    await using submitter = new Running(Deno.execPath(), [...args, ...how], { env });
    const stopKilling = options.isKilling ? killing(workers, worker) : () => 0;
    const { ms, once } = await submitter.next() as { ms: number; once: number };
    const killed = stopKilling();
    const note = `, ${once} of ${count} completed exactly once${
      options.isKilling ? `, ${killed} workers killed` : ""
    }`;
    return { ms, note };
  });
}

/** Kills a worker every second, and starts another in its place; what it gives ends that, and tells how many it were. */
function killing(workers: Running[], start: (name: string) => Running): () => number {
  let killed = 0;
  const timer = setInterval(() => {
    const index = killed++ % workers.length;
    workers[index]!.kill("SIGKILL");
    workers[index] = start(`worker ${killed + WORKERS.length}`);
  }, 1_000);
  return () => {
    clearInterval(timer);
    return killed;
  };
}

function owning(resources: AsyncDisposableStack, run: System["run"]): System {
  const owned = resources.move();
  return { run, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function isReady(port: string): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/readyz`)).ok;
  } catch {
    return false;
  }
}

async function onlineAt(port: string): Promise<number> {
  const { items } = await (await fetch(`http://127.0.0.1:${port}/api/agents?online=true`)).json();
  return items.length;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!await isSo()) await new Promise((resolve) => setTimeout(resolve, 50));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, each) => total + each, 0);
}
