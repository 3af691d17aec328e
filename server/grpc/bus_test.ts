import { strict as assert } from "node:assert";
import type { StatusObject } from "@grpc/grpc-js";
import { openBus } from "../../shared/bus/open.ts";
import { ParleyError } from "../../shared/error.ts";
import { peerMetadata } from "../../shared/grpc/channel.ts";
import type { ConnectResponse } from "../../shared/grpc/gen/bus.ts";
import { startEdge } from "./testing/edge.ts";
import { type Identity, TestPeer } from "./testing/peer.ts";

const envelope = (body: object) => ({ id: "msg_1", body: JSON.stringify(body), headers: {} });

function connect(peer: TestPeer, identity: Identity) {
  const call = peer.hub.connect(peerMetadata(identity));
  call.on("error", () => {/* `ended` tells the same */});
  const opened = new Promise((resolve) => call.once("metadata", resolve));
  const ended = new Promise<StatusObject>((resolve) => call.once("status", resolve));
  return { call, opened, ended };
}

Deno.test("a hub stream without a valid key is refused", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const { id } = await peer.register();
  for (const identity of [{ id, sessionKey: "" }, { id, sessionKey: "wrong" }, { id: "", sessionKey: "x" }]) {
    const { ended } = connect(peer, identity);
    assert.equal((await ended).code, 16);
  }
  assert.equal(edge.server.figures.openStreams.hub, 0);
});

Deno.test("an open hub stream is presence: broken, its agent is offline at once", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const identity = await peer.register();
  const { call, opened, ended } = connect(peer, identity);
  await opened;
  assert.equal(edge.server.figures.openStreams.hub, 1);
  call.cancel();
  await edge.shows(identity.id, false);
  await ended;
  const again = connect(peer, identity);
  await again.opened;
  assert.equal(edge.roster.get(identity.id)?.isOnline, true);
  again.call.end();
  await edge.shows(identity.id, false);
  await again.ended;
});

Deno.test("agents and brokers reach the queues that are theirs, and no others", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const agent = await peer.register();
  const broker = await peer.registerBroker();
  const open = (identity: Identity) =>
    openBus("hub", { hub: { address: edge.address, identity: () => identity } });
  await using agentBus = await open(agent);
  await using brokerBus = await open(broker);
  const taken = Promise.withResolvers<string>();
  await brokerBus.consume("broker_input_queue", ({ envelope }) => {
    taken.resolve(String(envelope.body));
    return Promise.resolve();
  });
  await agentBus.publish("broker_input_queue", envelope({ sender_id: agent.id, text_payload: "hi" }));
  assert.equal(JSON.parse(await taken.promise).text_payload, "hi");
  const forbidden = (error: unknown) => error instanceof ParleyError && error.code === "forbidden";
  await assert.rejects(agentBus.publish("server_input_queue", envelope({})), forbidden);
  await assert.rejects(brokerBus.publish("broker_input_queue", envelope({})), forbidden);
  assert.ok(edge.server.figures.hubFramesReceived >= 4);
  assert.equal(edge.roster.brokers.list()[0]?.is_online, true);
});

Deno.test("an agent may not read another's queue", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const agent = await peer.register();
  const { call, ended } = connect(peer, agent);
  const answered = new Promise<ConnectResponse>((resolve) => call.once("data", resolve));
  const value = { consumer: 1, queue: "agent_queue_else", prefetch: 0 };
  call.write({ frames: [{ frame: { $case: "consume", value } }] });
  assert.partialDeepStrictEqual(await answered, {
    frames: [{ frame: { $case: "consuming", value: { consumer: 1, code: "forbidden" } } }],
  });
  call.end();
  await ended;
});
