import { strict as assert } from "node:assert";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import {
  type AuthorizeQueue,
  type BusCall,
  createBusGateway,
  type GatewayPeer,
} from "../../server/bus_gateway.ts";
import { ParleyError } from "../error.ts";
import { MESSAGE_LIMIT_BYTES, PEER_ID_KEY, SERVER_OPTIONS } from "../grpc/channel.ts";
import { BusServiceService } from "../grpc/gen/bus.ts";
import type { MessageBus } from "./bus.ts";
import { busConformance, type BusRig, FAST_RETRIES, type Member } from "./conformance.ts";
import { collecting, freshQueue, holding, Inbox, message, soon, textOf } from "./conformance/inbox.ts";
import { openHubBus } from "./hub.ts";
import { withRetry } from "./retry.ts";
import { openSqliteBus } from "./sqlite.ts";
import { openProxy } from "./testing/proxy.ts";

const NO_EVENTS = "the hub carries queues alone; events are between servers";

busConformance({
  name: "hub",
  open: () => openRig(),
  skip: {
    "an event reaches every subscriber of its topic, and nobody else": NO_EVENTS,
    "a subscriber that has left or throws does not disturb the others": NO_EVENTS,
    "the figures show what waits, what is out and who reads": "what waits is the server's to tell",
  },
});

interface GatewayRig extends BusRig {
  /** The bus behind the gateway. */
  served: MessageBus;
  closeGateway(): Promise<void>;
}

/** A server's gateway on a bus in memory, reached through a proxy for each member. */
async function openRig(authorize: AuthorizeQueue = () => {}, id = "broker_test"): Promise<GatewayRig> {
  const served = withRetry(await openSqliteBus(":memory:"), FAST_RETRIES);
  const gateway = createBusGateway(served, authorize);
  const server = new Server(SERVER_OPTIONS);
  server.addService(BusServiceService, {
    connect: (call: BusCall) => void gateway.connect(call, peerOf(call)),
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(
      "127.0.0.1:0",
      ServerCredentials.createInsecure(),
      (error, port) => error ? reject(error) : resolve(port),
    )
  );
  const members: Hub[] = [];
  return {
    served,
    closeGateway: async () => await gateway[Symbol.asyncDispose](),
    async member() {
      const hub = await openHub(port, id);
      members.push(hub);
      return hub;
    },
    async cut() {
      await Promise.all(members.map((one) => one.cut()));
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(members.map((one) => one.close()));
      await gateway[Symbol.asyncDispose]();
      server.forceShutdown();
      await served[Symbol.asyncDispose]();
    },
  };
}

interface Hub extends Member {
  cut(): Promise<void>;
  close(): Promise<void>;
}

async function openHub(port: number, id: string): Promise<Hub> {
  const proxy = openProxy({ hostname: "127.0.0.1", port });
  let connected = Promise.withResolvers<void>();
  let isConnected = false;
  const bus = await openHubBus({
    address: `127.0.0.1:${proxy.port}`,
    identity: () => ({ id, sessionKey: "" }),
    onStateChange(state) {
      if (state === "connected") connected.resolve();
      // Each dial that fails says so again: who waits already waits for the one that does not.
      else if (isConnected) connected = Promise.withResolvers();
      isConnected = state === "connected";
    },
  });
  return {
    bus,
    cut: () => proxy.cut(),
    kill: () => proxy.cut({ refuse: true }),
    async close() {
      // Closed between two dials, the gRPC library would leave its timer behind.
      proxy.mend();
      await soon(connected.promise, "the connection before closing");
      await bus[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
    },
  };
}

/** Only the registration knows who a peer is; here its id says it. */
function peerOf(call: BusCall): GatewayPeer {
  const id = String(call.metadata.get(PEER_ID_KEY)[0]);
  return { id, kind: id.startsWith("agent_") ? "agent" : "broker" };
}

const rules: AuthorizeQueue = (peer, action, queue) => {
  const own = action === "consume" ? `agent_queue_${peer.id}` : "broker_input_queue";
  if (queue !== own) throw new ParleyError("forbidden", `${peer.id} may not ${action} ${queue}.`);
};
const isForbidden = (error: unknown) => error instanceof ParleyError && error.code === "forbidden";

Deno.test("gateway: a peer reads and writes what authorize allows, and is told what it may not", async () => {
  await using rig = await openRig(rules, "agent_a");
  const { bus } = await rig.member();
  await assert.rejects(bus.publish("server_input_queue", message("x")), isForbidden);
  await assert.rejects(bus.consume("agent_queue_agent_b", () => Promise.resolve()), isForbidden);
  await bus.publish("broker_input_queue", message("x"));
  const { handler, inbox } = collecting();
  await bus.consume("agent_queue_agent_a", handler);
  await rig.served.publish("agent_queue_agent_a", message("for a"));
  assert.equal(textOf(await inbox.next()), "for a");
});

Deno.test("gateway: an agent cannot post as another, nor what is no JSON object", async () => {
  await using rig = await openRig(rules, "agent_a");
  const { bus } = await rig.member();
  const { handler, inbox } = collecting();
  await rig.served.consume("broker_input_queue", handler);
  const body = JSON.stringify({ message_id: "m", sender_id: "agent_b", unknown: { kept: true } });
  await bus.publish("broker_input_queue", message("", { body }));
  const arrived = JSON.parse(String((await inbox.next()).envelope.body));
  assert.deepEqual(arrived, { message_id: "m", sender_id: "agent_a", unknown: { kept: true } });
  await assert.rejects(
    bus.publish("broker_input_queue", message("", { body: "{oh no" })),
    (error) => error instanceof ParleyError && error.code === "invalid_json",
  );
});

Deno.test("hub: a body that the stream cannot carry is refused, and the largest that it can is carried", async () => {
  await using rig = await openRig();
  const { bus } = await rig.member();
  const most = MESSAGE_LIMIT_BYTES - 64 * 1024;
  const queue = freshQueue();
  const { handler, inbox } = collecting();
  await rig.served.consume(queue, handler);
  await assert.rejects(
    bus.publish(queue, message("", { body: "x".repeat(most + 1) })),
    (error) => error instanceof ParleyError && error.code === "too_large",
  );
  const body = `{"text":"${"x".repeat(most - 11)}"}`;
  await bus.publish(queue, message("", { body }));
  assert.equal((await inbox.next()).envelope.body.length, most);
});

Deno.test("gateway: closing it ends the streams, and what a peer had goes back at once", async () => {
  await using rig = await openRig();
  const { bus } = await rig.member();
  const queue = freshQueue();
  const { handler, inbox } = holding();
  await bus.consume(queue, handler);
  await rig.served.publish(queue, message("in flight"));
  await inbox.next();
  await soon(rig.closeGateway(), "the end of the gateway");
  const next = collecting();
  await rig.served.consume(queue, next.handler);
  const again = await next.inbox.next();
  assert.deepEqual([textOf(again), again.attempt], ["in flight", 2]);
});

Deno.test({
  name: "hub: what is published while the server is away waits, up to a limit and for a time",
  // The gRPC library's own timer between two dials outlives its client.
  sanitizeOps: false,
  sanitizeResources: false,
}, async () => {
  const states = new Inbox<string>();
  await using bus = await openHubBus({
    address: "127.0.0.1:1",
    identity: () => ({ id: "agent_a", sessionKey: "" }),
    onStateChange: (state) => states.put(state),
    maxWaiting: 1,
    timeoutMs: 50,
  });
  const isUnavailable = (error: unknown) => error instanceof ParleyError && error.code === "unavailable";
  assert.equal(await states.next("the state"), "connecting");
  const waiting = assert.rejects(bus.publish("q", message("waits")), isUnavailable);
  await assert.rejects(bus.publish("q", message("too many")), isUnavailable);
  await waiting;
});
