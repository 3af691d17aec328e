/** Redis for tests: keys of a test's own on the one that is there, or a Redis of a test's own that may be mistreated. */
import { Redis } from "ioredis";
import { freePort } from "../../testing/free_port.ts";

const HOST = { hostname: "127.0.0.1", port: 6379 };

/** Says what is missing to test on Redis; undefined when all is there. */
export async function missingRedis(): Promise<string | undefined> {
  try {
    await using redis = await openRedis(HOST.port);
    await redis.client.ping();
    await new Deno.Command("redis-server", { args: ["--version"], stdout: "null" }).output();
    return undefined;
  } catch {
    return "needs Redis on port 6379, and redis-server";
  }
}

/** A place on a Redis that nobody else uses. */
export interface RedisPlace extends AsyncDisposable {
  port: number;
  prefix: string;
  /** Gives the URL by which a Redis reached at `port` shows this place. */
  url(port?: number): string;
}

/** Makes a place on the Redis that is there; its keys go when it is disposed of. */
export function openRedisPlace(): RedisPlace {
  const prefix = `test-${crypto.randomUUID().slice(0, 8)}:`;
  return {
    port: HOST.port,
    prefix,
    url: (port = HOST.port) => `redis://127.0.0.1:${port}/0?prefix=${prefix}`,
    async [Symbol.asyncDispose]() {
      await using redis = await openRedis(HOST.port);
      for await (const keys of redis.client.scanStream({ match: `${prefix}*`, count: 1_000 })) {
        if (keys.length > 0) await redis.client.del(...keys);
      }
    },
  };
}

/** A connection of the test's own, which sees what the bus has done and does what an operator would. */
export interface RedisClient extends AsyncDisposable {
  client: Redis;
}

/** Connects. Rejects when nothing is there. */
export async function openRedis(port: number = HOST.port): Promise<RedisClient> {
  const client = new Redis({ host: HOST.hostname, port, lazyConnect: true, retryStrategy: () => null });
  client.on("error", () => {});
  await client.connect();
  const ended = new Promise<void>((resolve) => client.once("end", () => resolve()));
  return {
    client,
    async [Symbol.asyncDispose]() {
      client.disconnect();
      await ended;
    },
  };
}

/** A Redis of the test's own. */
export interface RedisServer extends AsyncDisposable {
  port: number;
  url: string;
  /** Sends a signal to its process. */
  signal(name: Deno.Signal): void;
  /** Starts it again on its files once its process has ended. */
  restart(): Promise<void>;
}

/** Starts a Redis on a free port with its files in a directory of its own. */
export async function startRedis(...settings: string[]): Promise<RedisServer> {
  const directory = await Deno.makeTempDir({ prefix: "parley-redis-" });
  const port = Number(freePort());
  const start = () => startProcess(port, ["--dir", directory, ...settings]);
  let child = await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    signal: (name) => child.kill(name),
    async restart() {
      await child.status;
      child = await start();
    },
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGKILL");
      } catch { /* It has ended. */ }
      await child.status;
      await Deno.remove(directory, { recursive: true });
    },
  };
}

async function startProcess(port: number, settings: string[]): Promise<Deno.ChildProcess> {
  const args = ["--bind", "127.0.0.1", "--port", String(port), "--save", "", ...settings];
  const child = new Deno.Command("redis-server", { args, stdout: "piped", stderr: "null" }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream());
  let said = "";
  for await (const text of reader) {
    said += text;
    if (/Ready to accept connections/.test(said)) return child;
  }
  throw new Error(`redis-server did not start:\n${said}`);
}
