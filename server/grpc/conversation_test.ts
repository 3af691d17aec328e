import { strict as assert } from "node:assert";
import { peerMetadata } from "../../shared/grpc/channel.ts";
import type { SendChunksResponse } from "../../shared/grpc/gen/conversation.ts";
import { joinAttachments } from "../../shared/model/attachment.ts";
import { serverPrincipal } from "../../shared/model/principal.ts";
import { fails } from "../testing/fails.ts";
import { startEdge, type TestEdge } from "./testing/edge.ts";
import { type Identity, TestPeer } from "./testing/peer.ts";

const CONVERSATION = "conv_00000001";
async function remember(
  edge: TestEdge,
  { agentId, count, text }: { agentId: string; count: number; text?: string },
) {
  const messages = Array.from({ length: count }, (_, index) => index + 1).map((number) => (
    {
      message_id: `msg_${number}`,
      message_type: "TEXT",
      conversation_id: CONVERSATION,
      sender_id: "web_1",
      receiver_id: agentId,
      text_payload: text ?? `text ${number}`,
    }
  ));
  const { conversations } = edge.store;
  const server = serverPrincipal("server_test");
  await Promise.all(messages.map((message) => conversations.add(server, message, "delivered")));
}

Deno.test("ListMessages gives an agent the newest of its conversation, oldest first", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const ada = await peer.register();
  await remember(edge, { agentId: ada.id, count: 8 });
  const ids = async (request: { limit?: number; beforeMessageId?: string }) => {
    const { messages } = await peer.listMessages({ conversationId: CONVERSATION, ...request }, ada);
    return messages.map(({ messageId }) => messageId);
  };
  assert.deepEqual(await ids({ limit: 3 }), ["msg_6", "msg_7", "msg_8"]);
  assert.deepEqual(await ids({ limit: 2, beforeMessageId: "msg_5" }), ["msg_3", "msg_4"]);
  assert.deepEqual(await ids({ limit: 500, beforeMessageId: "msg_3" }), ["msg_1", "msg_2"]);
  assert.equal((await ids({})).length, 8);
});

Deno.test("ListMessages says what a message replaces, and which files it brings", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const ada = await peer.register();
  await remember(edge, { agentId: ada.id, count: 1 });
  const edited = {
    message_id: "msg_2",
    message_type: "TEXT",
    conversation_id: CONVERSATION,
    sender_id: "web_1",
    replaces_message_id: "msg_1",
    ...joinAttachments("What?", [{ name: "a.txt", text: "one" }]),
  };
  await edge.store.conversations.add(serverPrincipal("server_test"), edited, "delivered");
  const { messages } = await peer.listMessages({ conversationId: CONVERSATION }, ada);
  assert.deepEqual(messages.map(({ replacesMessageId }) => replacesMessageId), ["", "msg_1"]);
  assert.deepEqual(messages.map(({ attachments }) => attachments), [[], [{ name: "a.txt", length: 3 }]]);
  assert.equal(messages[1]?.textPayload, edited.text_payload);
});

Deno.test("ListMessages hides what an agent has no part in, and needs its key", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const ada = await peer.register();
  const bob = await peer.register();
  await remember(edge, { agentId: ada.id, count: 1 });
  const conversationId = CONVERSATION;
  await assert.rejects(peer.listMessages({ conversationId }, bob), fails("not_found"));
  await assert.rejects(peer.listMessages({ conversationId: "conv_none" }, ada), fails("not_found"));
  await assert.rejects(peer.listMessages({ conversationId }), fails("unauthenticated", "parley-id"));
  await assert.rejects(
    peer.listMessages({ conversationId }, { ...ada, sessionKey: "wrong" }),
    fails("unauthenticated"),
  );
  await assert.rejects(peer.listMessages({}, ada), fails("invalid_message", "conversation_id"));
  await assert.rejects(
    peer.listMessages({ conversationId, limit: 501 }, ada),
    fails("invalid_message", "limit"),
  );
});

function sendChunks(peer: TestPeer, { identity, ids }: { identity: Identity; ids: string[] }) {
  return new Promise<SendChunksResponse>((resolve, reject) => {
    const call = peer.replies.sendChunks(
      peerMetadata(identity),
      (error, response) => error ? reject(error) : resolve(response),
    );
    call.on("error", () => {/* the callback tells the same */});
    ids.forEach((messageId, sequence) =>
      call.write({
        messageId,
        inReplyToMessageId: "msg_q",
        sequence,
        attempt: 1,
        textPayload: "piece",
        conversationId: "",
      })
    );
    call.end();
  });
}

Deno.test("SendChunks hands each piece on with the agent whose key was shown", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const ada = await peer.register();
  assert.deepEqual(await sendChunks(peer, { identity: ada, ids: ["msg_r", "msg_r"] }), { received: 2n });
  assert.deepEqual(edge.chunks.map(([agentId, { sequence }]) => [agentId, sequence]), [[ada.id, 0], [
    ada.id,
    1,
  ]]);
});

Deno.test("SendChunks refuses a stranger, a broker, and a piece of no reply", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const ada = await peer.register();
  const broker = await peer.registerBroker();
  const code = (identity: Identity, ids: string[]) =>
    sendChunks(peer, { identity, ids }).then(() => 0, (error) => error.code);
  assert.equal(await code({ ...ada, sessionKey: "wrong" }, ["msg_r"]), 16);
  assert.equal(await code(broker, ["msg_r"]), 7);
  assert.equal(await code(ada, [""]), 3);
  assert.deepEqual(edge.chunks, []);
});

Deno.test("ListMessages goes straight to the message named, and gives nothing before one of elsewhere", async () => {
  await using edge = await startEdge();
  const pages: unknown[] = [];
  const { conversations } = edge.store;
  const messages = conversations.messages.bind(conversations);
  conversations.messages = (principal, id, page) => (pages.push(page), messages(principal, id, page));
  using peer = new TestPeer(edge.address);
  const ada = await peer.register();
  await remember(edge, { agentId: ada.id, count: 200 });
  const list = (beforeMessageId: string) =>
    peer.listMessages({ conversationId: CONVERSATION, limit: 2, beforeMessageId }, ada);
  assert.deepEqual((await list("msg_3")).messages.map(({ messageId }) => messageId), ["msg_1", "msg_2"]);
  assert.equal(pages.length, 1);
  assert.deepEqual((await list("msg_none")).messages, []);
});

Deno.test("ListMessages gives fewer than asked for when they would make too large an answer", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const ada = await peer.register();
  const text = "x".repeat(1_000_000);
  await remember(edge, { agentId: ada.id, count: 10, text });
  const { messages } = await peer.listMessages({ conversationId: CONVERSATION }, ada);
  assert.deepEqual(messages.map(({ messageId }) => messageId), ["msg_7", "msg_8", "msg_9", "msg_10"]);
});
