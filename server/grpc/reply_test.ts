import { strict as assert } from "node:assert";
import type { ServiceError } from "@grpc/grpc-js";
import { peerMetadata } from "../../shared/grpc/channel.ts";
import type { SendChunksResponse } from "../../shared/grpc/gen/conversation.ts";
import { startEdge } from "./testing/edge.ts";
import { type Identity, TestPeer } from "./testing/peer.ts";

const CHUNK = {
  messageId: "msg_1",
  inReplyToMessageId: "msg_0",
  conversationId: "conv_1",
  sequence: 0,
  attempt: 1,
  textPayload: "Hel",
};

function sendChunks(peer: TestPeer, identity: Identity) {
  const over = Promise.withResolvers<
    { error: ServiceError | null; response: SendChunksResponse | undefined }
  >();
  const call = peer.replies.sendChunks(
    peerMetadata(identity),
    (error, response) => over.resolve({ error, response }),
  );
  call.on("error", () => {/* `over` tells the same */});
  return { call, over: over.promise, opened: new Promise((resolve) => call.once("metadata", resolve)) };
}

Deno.test("SendChunks passes the pieces of an agent with its key on, and counts them", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const identity = await peer.register();
  const { call, over, opened } = sendChunks(peer, identity);
  await opened;
  call.write(CHUNK);
  call.end();
  assert.equal((await over).response?.received, 1n);
  assert.deepEqual(edge.chunks.map(([id, { textPayload }]) => [id, textPayload]), [[identity.id, "Hel"]]);
});

Deno.test("SendChunks ends when another registers under its agent's id", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const identity = await peer.register();
  const { call, over, opened } = sendChunks(peer, identity);
  await opened;
  await peer.register({ agentId: identity.id });
  call.write(CHUNK);
  assert.equal((await over).error?.code, 6);
  assert.deepEqual(edge.chunks, []);
});
