import assert from "node:assert/strict";
import type { Envelope, MessageBus } from "../shared/bus/bus.ts";
import { openBus } from "../shared/bus/open.ts";
import { withRetry } from "../shared/bus/retry.ts";
import { parseMessage } from "../shared/model/codec.ts";
import { serverPrincipal } from "../shared/model/principal.ts";
import { atMost } from "../shared/pause.ts";
import { openStore } from "../shared/store/open.ts";
import { parseServerConfig } from "./config.ts";
import { type RunningServer, startServer } from "./server.ts";
import { Client } from "./testing/client.ts";

const CONFIG = { ...parseServerConfig({}), PORT: 0, GRPC_PORT: 0 };
const MESSAGE = {
  message_type: "TEXT",
  message_id: "msg_kept",
  conversation_id: "conv_kept",
  sender_id: "web_ada00001",
  receiver_id: "agent_1",
};

for (
  const [state, queue] of [["accepted", "broker_input_queue"], ["waiting", "agent_queue_agent_1"]] as const
) {
  Deno.test(`a server ends while the bus does not take a message kept as ${state}, and the next one publishes it`, async () => {
    await using bus = withRetry(await openBus("sqlite::memory:"));
    await using store = await openStore("sqlite::memory:");
    await store.conversations.add(serverPrincipal("server_before"), MESSAGE, state);
    const away = intercept(bus, queue, () => new Promise(() => {}));
    const first = await startServer(CONFIG, { bus: away.bus, store });
    await using _agent = await openAgent(first);
    await away.asked;
    assert.ok(await atMost(5_000, first[Symbol.asyncDispose]()), "it waits for the bus");

    const there = intercept(bus, queue, (publish) => publish());
    await using second = await startServer(CONFIG, { bus: there.bus, store });
    await using _again = await openAgent(second);
    assert.equal(parseMessage((await there.asked).body).message_id, MESSAGE.message_id);
  });
}

/** Gives a bus that publishes to `queue` in its own way, and the first message that it is asked to publish there. */
function intercept(
  bus: MessageBus,
  queue: string,
  take: (publish: () => Promise<void>) => Promise<void>,
): { bus: MessageBus; asked: Promise<Envelope> } {
  const asked = Promise.withResolvers<Envelope>();
  const publish: MessageBus["publish"] = (to, envelope, options) => {
    const usual = () => bus.publish(to, envelope, options);
    if (to !== queue) return usual();
    asked.resolve(envelope);
    return take(usual);
  };
  return { bus: { ...bus, publish }, asked: asked.promise };
}

async function openAgent({ httpPort }: RunningServer): Promise<Client> {
  const client = await Client.open(`ws://127.0.0.1:${httpPort}/ws`);
  const frame = { message_type: "REGISTER_AGENT", agent_name: "Ada", agent_id: MESSAGE.receiver_id };
  await client.ask(frame, "REGISTER_AGENT_RESPONSE");
  return client;
}
