import assert from "node:assert/strict";
import { joinAttachments } from "../../shared/model/attachment.ts";
import type { ConversationMessage, MessageContext, Request } from "../context.ts";
import { openMistral } from "./mistral.ts";
import { modelHandler } from "./model_agent.ts";
import { ModelServer } from "./testing/model_server.ts";

/** A context such as the library makes, which keeps what was written. */
function contextOf(text: string, before: Partial<ConversationMessage>[] = []) {
  const written: string[] = [];
  const context: MessageContext = {
    message: { message_id: "msg_now", message_type: "TEXT", text_payload: text } as Request,
    text,
    agent: { id: "agent_me", name: "Ada" },
    attempt: 1,
    signal: new AbortController().signal,
    conversation: (limit = 100) => Promise.resolve(before.slice(-limit) as ConversationMessage[]),
    write: (piece) => written.push(piece),
    reply: () => Promise.resolve(),
  };
  return { context, written };
}

async function openOn(server: ModelServer) {
  const model = await openMistral({ apiKey: "key", baseUrl: server.url });
  return modelHandler(model, { systemPrompt: "You are {name}." });
}

Deno.test("modelHandler() shows the answer piece by piece and leaves the reply to the library", async () => {
  await using server = new ModelServer({ kind: "answer", pieces: ["Good ", "day"] });
  const { context, written } = contextOf("Hello");
  assert.equal(await (await openOn(server))(context), undefined);
  assert.deepEqual(written, ["Good ", "day"]);
  assert.deepEqual(server.asked[0]?.body.messages, [
    { role: "system", content: "You are Ada." },
    { role: "user", content: "Hello" },
  ]);
});

Deno.test("modelHandler() tells the model the conversation so far, other agents' answers included", async () => {
  await using server = new ModelServer({ kind: "answer", pieces: ["Yes"] });
  const { context } = contextOf("And now?", [
    { messageType: "TEXT", senderId: "web_1", receiverId: "agent_me", textPayload: "One?" },
    { messageType: "REPLY", senderId: "agent_me", receiverId: "web_1", textPayload: "1" },
    { messageType: "TEXT", senderId: "web_1", receiverId: "agent_b", textPayload: "Two?" },
    { messageType: "ERROR", senderId: "broker_1", receiverId: "web_1", textPayload: "Two?" },
    { messageType: "REPLY", senderId: "agent_b", receiverId: "web_1", textPayload: "2" },
    { messageType: "TEXT", senderId: "agent_me", receiverId: "agent_b", textPayload: "Three?" },
    { messageType: "REPLY", senderId: "agent_b", receiverId: "agent_me", textPayload: "3" },
    { messageId: "msg_now", messageType: "TEXT", senderId: "web_1", textPayload: "And now?" },
  ]);
  await (await openOn(server))(context);
  assert.deepEqual(server.asked[0]?.body.messages.slice(1).map(({ role, content }) => ({ role, content })), [
    { role: "user", content: "One?" },
    { role: "assistant", content: "1" },
    { role: "user", content: "Two?" },
    { role: "assistant", content: "2\n\nThree?" },
    { role: "user", content: "3\n\nAnd now?" },
  ]);
});

Deno.test("modelHandler() tells the model more than a hundred messages, and no question that failed", async () => {
  await using server = new ModelServer({ kind: "answer", pieces: ["Yes"] });
  const said = Array.from({ length: 120 }, (_, index) => [
    { messageType: "TEXT", senderId: "web_1", textPayload: `ask ${index}`, routingStatus: "delivered" },
    { messageType: "REPLY", senderId: "agent_me", receiverId: "web_1", textPayload: `answer ${index}` },
  ]).flat();
  const failed = { messageType: "TEXT", senderId: "web_1", textPayload: "failed", routingStatus: "error" };
  const { context } = contextOf("And now?", [...said, failed]);
  await (await openOn(server))(context);
  const told = server.asked[0]?.body.messages.slice(1).map(({ content }) => content) ?? [];
  assert.deepEqual([told.length, told[0], told.at(-1)], [241, "ask 0", "And now?"]);
});

Deno.test("modelHandler() cuts the files of a question that is too long, and not the question", async () => {
  await using server = new ModelServer({ kind: "answer", pieces: ["Yes"] });
  const asked = joinAttachments("What is this?", [{ name: "a.txt", text: "x".repeat(60_000) }]);
  const { context } = contextOf(asked.text_payload);
  Object.assign(context.message, asked);
  await (await openOn(server))(context);
  const content = String(server.asked[0]?.body.messages[1]?.content);
  assert.ok(content.startsWith("What is this?\n\nFile: a.txt\n\n```text\nxxx"), content.slice(0, 50));
  assert.equal(content.length, 48_000);
});

Deno.test("modelHandler() keeps what was written when the answer breaks off", async () => {
  await using server = new ModelServer({ kind: "answer", pieces: ["Good "], end: "unfinished" });
  const { context, written } = contextOf("Hello");
  const handler = await openOn(server);
  await assert.rejects(async () => await handler(context), /broke off/);
  assert.deepEqual(written, ["Good "]);
});

Deno.test("modelHandler() asks for a question when there is none", async () => {
  await using server = new ModelServer({ kind: "answer", pieces: ["Hm?"] });
  assert.match(String(await (await openOn(server))(contextOf("  ").context)), /no text/);
  assert.equal(server.asked.length, 0);
});
