import assert from "node:assert/strict";
import { join } from "node:path";
import { openBus } from "../../shared/bus/open.ts";
import { ConfigError } from "../../shared/config.ts";
import { openStore } from "../../shared/store/open.ts";
import { freePort } from "../../shared/testing/free_port.ts";
import { checkData, checkPorts, checkVariables } from "./preflight.ts";

function listening(): Deno.TcpListener {
  return Deno.listen({ hostname: "127.0.0.1", port: 0 }) as Deno.TcpListener;
}

const NAMES = ["PORT", "GRPC_PORT", "WEB_PORT"] as const;

function freePorts(): Record<typeof NAMES[number], string> {
  return { PORT: freePort(), GRPC_PORT: freePort(), WEB_PORT: freePort() };
}

function faultOf(check: () => void): string {
  try {
    check();
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message;
  }
  return "";
}

Deno.test("checkPorts() is content with free ports, and leaves them free", () => {
  const env = freePorts();
  checkPorts(env);
  checkPorts(env);
});

Deno.test("checkPorts() names each port that is taken, and no other", () => {
  const env = freePorts();
  for (const name of NAMES) {
    using other = listening();
    const fault = faultOf(() => checkPorts({ ...env, [name]: String(other.addr.port) }));
    assert.match(fault, new RegExp(`^${name}: port ${other.addr.port} is in use\\. .* set ${name} `));
    assert.equal(fault.split("\n").length, 1);
  }
});

Deno.test("checkPorts() finds a port that is given twice", () => {
  const env = freePorts();
  assert.match(faultOf(() => checkPorts({ ...env, WEB_PORT: env.PORT })), /^WEB_PORT: /);
});

Deno.test("checkVariables() lists the faults of every process together, each once", () => {
  checkVariables({});
  const fault = faultOf(() =>
    checkVariables({
      LOG_LEVEL: "loud",
      MAX_MESSAGE_BYTES: "1",
      ROUTING_STRATEGY: "best",
      AGENT_MAX_CONCURRENT: "0",
    })
  );
  const named = Array.from(fault.matchAll(/^ *([A-Z_]+):/gm), ([, name]) => name).sort();
  assert.deepEqual(named, [
    "AGENT_MAX_CONCURRENT",
    "LOG_LEVEL",
    "MAX_MESSAGE_BYTES",
    "ROUTING_STRATEGY",
  ]);
});

async function inDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await work(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function dataFaultsOf(env: Record<string, string>): Promise<string[]> {
  const error = await checkData(env).then(() => undefined, (thrown) => thrown);
  if (error === undefined) return [];
  assert.ok(error instanceof ConfigError, String(error));
  return error.message.split("\n");
}

function assertSays(lines: string[], sentences: RegExp[]): void {
  assert.equal(lines.length, sentences.length, lines.join("\n"));
  sentences.forEach((sentence, index) => assert.match(lines[index]!, sentence));
}

Deno.test("checkData() makes the directory, and leaves the data to the server", () =>
  inDirectory(async (directory) => {
    const DATA_DIR = join(directory, "new", "data");
    assert.deepEqual(await dataFaultsOf({ DATA_DIR }), []);
    assert.deepEqual(await dataFaultsOf({ DATA_DIR }), []);
    await using _store = await openStore(`sqlite:${DATA_DIR}/store.sqlite`);
    await using _bus = await openBus(`sqlite:${DATA_DIR}/bus.sqlite`);
  }));

Deno.test("checkData() names BUS_URL and DATABASE_URL when there is no such bus and store", () =>
  inDirectory(async (DATA_DIR) => {
    const unknown = { DATA_DIR, BUS_URL: "foo://x", DATABASE_URL: "clay://x" };
    assertSays(await dataFaultsOf(unknown), [/^DATABASE_URL: .*'clay:'/, /^BUS_URL: .*"foo:"/]);
    assertSays(await dataFaultsOf({ DATA_DIR, BUS_URL: "amqp:localhost" }), [/^BUS_URL: .*amqp:\/\/HOST/]);
    assertSays(await dataFaultsOf({ DATA_DIR, BUS_URL: "hub" }), [/^BUS_URL: hub is for brokers and agents/]);
  }));

Deno.test("checkData() needs no RabbitMQ and no Redis that is there", () =>
  inDirectory(async (DATA_DIR) => {
    for (const BUS_URL of ["amqp://localhost:1", "redis://localhost:1"]) {
      assert.deepEqual(await dataFaultsOf({ DATA_DIR, BUS_URL }), []);
    }
    assert.deepEqual(await dataFaultsOf({ DATA_DIR, RABBITMQ_HOST: "localhost", RABBITMQ_PORT: "1" }), []);
  }));

Deno.test("checkData() names DATA_DIR when it is a file or cannot be made", () =>
  inDirectory(async (directory) => {
    const file = join(directory, "file");
    await Deno.writeTextFile(file, "");
    for (const DATA_DIR of [file, join(file, "below"), "/proc/nope"]) {
      assertSays(await dataFaultsOf({ DATA_DIR }), [
        /cannot be created: .*DATA_DIR/,
        /cannot be made.*DATA_DIR/,
      ]);
    }
  }));

Deno.test("checkData() says that data is in use, and leaves it to its owner", () =>
  inDirectory(async (DATA_DIR) => {
    await using store = await openStore(`sqlite:${DATA_DIR}/store.sqlite`);
    await using bus = await openBus(`sqlite:${DATA_DIR}/bus.sqlite`);
    const sentences = [/store\.sqlite' is in use .*DATA_DIR/, /bus\.sqlite belong to another .*DATA_DIR/];
    assertSays(await dataFaultsOf({ DATA_DIR }), sentences);
    assertSays(await dataFaultsOf({ DATA_DIR }), sentences);
    await store.ping();
    await bus.publish("q", { id: "1", body: "", headers: {} });
  }));
