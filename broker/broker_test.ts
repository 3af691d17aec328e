import assert from "node:assert/strict";
import type { Envelope, MessageBus } from "../shared/bus/bus.ts";
import { openBus } from "../shared/bus/open.ts";
import { missingRabbit, virtualHost } from "../shared/bus/testing/rabbitmq.ts";
import { parseJsonObject } from "../shared/model/codec.ts";
import { BROKER_INPUT_QUEUE, DEAD_LETTER_QUEUE, SERVER_INPUT_QUEUE } from "../shared/model/queue.ts";
import { runBroker } from "./broker.ts";
import { parseBrokerConfig } from "./config.ts";
import { BrokerProcess } from "./testing/broker_process.ts";
import { StatusServer } from "./testing/server.ts";

const missing = await missingRabbit();
const ada = { agentId: "agent_ada", agentName: "Ada", isOnline: true };

interface System {
  server: StatusServer;
  bus: MessageBus;
  env: Record<string, string>;
}

/** Declares a test on a RabbitMQ virtual host and a gRPC server of its own. */
function liveTest(name: string, run: (system: System) => Promise<void>): void {
  const host = missing ? undefined : virtualHost("classic");
  Deno.test({
    name: missing ? `${name} (${missing})` : name,
    ignore: missing !== undefined,
    fn: async () => {
      await using server = await StatusServer.start();
      server.agents = [ada];
      await using bus = await openBus(host!.url());
      await run({
        server,
        bus,
        env: { BUS_URL: host!.url(), GRPC_HOST: "127.0.0.1", GRPC_PORT: String(server.port) },
      });
    },
  });
}

/** Runs a broker in this process until it is disposed of. */
function start(env: Record<string, string>): AsyncDisposable {
  const ending = new AbortController();
  const running = runBroker(parseBrokerConfig(env), ending.signal);
  return {
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await running;
    },
  };
}

async function ask(bus: MessageBus, id: string): Promise<void> {
  const body = JSON.stringify({ message_type: "TEXT", message_id: id, sender_id: "web_1", text_payload: id });
  await bus.publish(BROKER_INPUT_QUEUE, { id, body, headers: {} });
}

/** Waits for the next message of `queue`. */
async function read(bus: MessageBus, queue: string): Promise<Record<string, unknown>> {
  const { promise, resolve } = Promise.withResolvers<Envelope>();
  await using _reading = await bus.consume(queue, ({ envelope }) => {
    resolve(envelope);
    return Promise.resolve();
  }, { prefetch: 1 });
  return parseJsonObject((await promise).body);
}

liveTest(
  "a broker takes no message before it knows who is there, whoever starts first",
  async ({ server, bus, env }) => {
    await ask(bus, "msg_early");
    const port = server.port;
    await server[Symbol.asyncDispose]();
    const broker = start(env);
    await using late = await StatusServer.start(port);
    // It ends before its server does: one that is left alone is about to dial again.
    await using _broker = broker;
    late.agents = [ada];
    late.tell([ada]);
    const message = await read(bus, SERVER_INPUT_QUEUE);
    assert.equal(message.message_id, "msg_early");
    assert.equal(message.receiver_id, "agent_ada");
  },
);

liveTest("a broker gives up what is no message to the dead letters", async ({ bus, env }) => {
  await using _broker = start(env);
  await bus.publish(BROKER_INPUT_QUEUE, { id: "msg_bad", body: "{broken", headers: {} });
  const letter = await read(bus, DEAD_LETTER_QUEUE);
  assert.equal(letter.code, "invalid_json");
  assert.equal(letter._origin_queue, BROKER_INPUT_QUEUE);
});

liveTest("brokers share the work, and one that is killed loses nothing", async ({ bus, env }) => {
  const ids = Array.from({ length: 400 }, (_, number) => `msg_${number}`);
  const awaited = new Set(ids);
  const halfway = Promise.withResolvers<void>();
  const all = Promise.withResolvers<void>();
  await using _reading = await bus.consume(SERVER_INPUT_QUEUE, ({ envelope }) => {
    awaited.delete(envelope.id);
    if (awaited.size <= ids.length / 2) halfway.resolve();
    if (awaited.size === 0) all.resolve();
    return Promise.resolve();
  });
  await using killed = new BrokerProcess(env);
  await using ended = new BrokerProcess(env);
  await Promise.all([killed.ready, ended.ready]);
  const asking = Promise.all(ids.map((id) => ask(bus, id)));
  await halfway.promise;
  assert.equal(await killed.end("SIGKILL"), "SIGKILL");
  assert.equal(await ended.end("SIGTERM"), 0);
  await asking;
  await ask(bus, "msg_last");
  awaited.add("msg_last");
  await using restarted = new BrokerProcess(env);
  await restarted.ready;
  await all.promise;
  assert.equal(await restarted.end("SIGTERM"), 0);
});
