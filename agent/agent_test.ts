import { strict as assert } from "node:assert";
import { ParleyError } from "../shared/error.ts";
import { replyIdOf } from "./answer.ts";
import type { Message } from "../shared/model/message.ts";
import { Agent } from "./agent.ts";
import type { ConversationMessage } from "./context.ts";
import { ask, ID, started } from "./testing/ada.ts";
import { TestHub } from "./testing/hub.ts";

Deno.test("Agent replies with what its handler returns, once, to the sender", async () => {
  await using hub = await TestHub.start();
  await using _agent = await started(hub, ({ text }) => text.toUpperCase());
  await hub.give(ID, ask("hi", { traceparent: "00-1-2-01", hops: 3 }));
  const reply = await hub.sent.next();
  assert.equal(reply.message_type, "REPLY");
  assert.equal(reply.text_payload, "HI");
  assert.equal(reply.message_id, replyIdOf("msg_hi", ID));
  assert.deepEqual([reply.sender_id, reply.receiver_id, reply.conversation_id], [ID, "web_1", "conv_1"]);
  assert.deepEqual([reply.in_reply_to_message_id, reply.hops, reply.traceparent], ["msg_hi", 4, "00-1-2-01"]);
});

Deno.test("Agent answers a request that comes twice only once", async () => {
  await using hub = await TestHub.start();
  let calls = 0;
  await using _agent = await started(hub, () => `call ${++calls}`);
  for (const text of ["one", "one", "two"]) await hub.give(ID, ask(text));
  assert.equal((await hub.sent.next()).in_reply_to_message_id, "msg_one");
  assert.equal((await hub.sent.next()).in_reply_to_message_id, "msg_two");
  assert.equal(calls, 2);
});

Deno.test("Agent runs no more handlers at once than it may, though it has more requests", async () => {
  await using hub = await TestHub.start();
  const [release, heard] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const begun: string[] = [];
  const agent = new Agent({ name: "Ada", id: ID, server: hub.address, maxConcurrent: 4 });
  agent.onMessage(async ({ text }) => {
    begun.push(text);
    await release.promise;
    return text;
  }).onReply(() => heard.resolve());
  await using _agent = agent;
  await agent.start();
  const texts = ["1", "2", "3", "4", "5"];
  for (const text of texts) await hub.give(ID, ask(text, { conversation_id: `conv_${text}` }));
  await hub.give(ID, { ...ask("6"), message_type: "REPLY" });
  await heard.promise;
  assert.deepEqual(begun, texts.slice(0, 4));
  release.resolve();
  for (const _ of texts) await hub.sent.next();
  assert.deepEqual(begun, texts);
});

Deno.test("Agent answers a replayed request again", async () => {
  await using hub = await TestHub.start();
  await using _agent = await started(hub, () => "yes");
  await hub.give(ID, ask("one"));
  await hub.sent.next();
  await hub.give(ID, ask("one", { _replay: 1 }));
  assert.equal((await hub.sent.next())._replay, 1);
});

Deno.test("Agent shows pieces at once, in order, and then replies with all of them", async () => {
  await using hub = await TestHub.start();
  const goOn = Promise.withResolvers<void>();
  await using _agent = await started(hub, async (context) => {
    context.write("one ");
    await goOn.promise;
    context.write("two");
  });
  await hub.give(ID, ask("count"));
  const first = await hub.chunks.next();
  assert.deepEqual([first.sequence, first.attempt, first.textPayload], [0, 1, "one "]);
  assert.deepEqual([first.inReplyToMessageId, first.conversationId], ["msg_count", "conv_1"]);
  goOn.resolve();
  const second = await hub.chunks.next();
  assert.deepEqual([second.sequence, second.textPayload], [1, "two"]);
  const reply = await hub.sent.next();
  assert.deepEqual([reply.message_id, reply.text_payload], [first.messageId, "one two"]);
});

Deno.test("Agent tells the sender why its handler failed and keeps what was written", async () => {
  await using hub = await TestHub.start();
  await using _agent = await started(hub, (context) => {
    context.write("half of");
    throw new ParleyError("rate_limited", "The model wants a pause. Ask again in a minute.");
  });
  await hub.give(ID, ask("x"));
  const error = await hub.sent.next();
  assert.deepEqual([error.message_type, error.code, error.text_payload], [
    "ERROR",
    "rate_limited",
    "half of",
  ]);
  assert.equal(error.error_details, "The model wants a pause. Ask again in a minute.");
  assert.equal(error.routing_status_message, error.error_details);
  assert.deepEqual([error.receiver_id, error.in_reply_to_message_id], ["web_1", "msg_x"]);
});

Deno.test("Agent answers a conversation's requests one after another, and other conversations meanwhile", async () => {
  await using hub = await TestHub.start();
  const free = Promise.withResolvers<void>();
  await using _agent = await started(hub, async ({ text }) => {
    if (text === "slow") await free.promise;
    return text;
  });
  await hub.give(ID, ask("slow"));
  await hub.give(ID, ask("after"));
  await hub.give(ID, ask("other", { conversation_id: "conv_2" }));
  assert.equal((await hub.sent.next()).text_payload, "other");
  free.resolve();
  assert.equal((await hub.sent.next()).text_payload, "slow");
  assert.equal((await hub.sent.next()).text_payload, "after");
});

Deno.test("Agent ends a message that went through 16 agents", async () => {
  await using hub = await TestHub.start();
  let called = false;
  await using _agent = await started(hub, () => {
    called = true;
  });
  await hub.give(ID, ask("loop", { hops: 16 }));
  const error = await hub.sent.next();
  assert.equal(error.message_type, "ERROR");
  assert.match(String(error.error_details), /16 agents/);
  assert.equal(called, false);
});

Deno.test("Agent hands REPLY and ERROR to onReply and puts what is no message with the dead letters", async () => {
  await using hub = await TestHub.start();
  const heard = Promise.withResolvers<Message>();
  await using agent = new Agent({ name: "Ada", id: ID, server: hub.address });
  agent.onReply((message) => heard.resolve(message));
  await agent.start();
  await hub.give(ID, ask("x", { message_type: "STATUS_UPDATE" }));
  await hub.give(ID, ask("answer", { message_type: "REPLY" }));
  assert.equal((await heard.promise).text_payload, "answer");
  await hub.bus.publish(`agent_queue_${ID}`, { id: "bad", body: "not json", headers: {} });
  assert.equal((await hub.deadLetters.next()).code, "invalid_json");
});

const BEFORE: ConversationMessage = {
  messageId: "msg_0",
  messageType: "TEXT",
  senderId: "web_1",
  receiverId: "",
  conversationId: "conv_1",
  textPayload: "before",
  inReplyToMessageId: "",
  sendTimestamp: "",
  routingStatus: "delivered",
  replacesMessageId: "",
  attachments: [],
};

Deno.test("Agent asks again for a conversation that could not be read, and tells when that does not help", async () => {
  await using hub = await TestHub.start();
  hub.history.push(BEFORE);
  await using _agent = await started(hub, async (context) => {
    const said = await context.conversation();
    return said.map(({ textPayload }) => textPayload).join();
  });
  hub.historyFaults.push(new ParleyError("unavailable", "Starting."), new ParleyError("internal", "Oh."));
  await hub.give(ID, ask("one"));
  assert.equal((await hub.sent.next()).text_payload, "before");
  hub.historyFaults.push(new ParleyError("unauthenticated", "Who asks?"));
  await hub.give(ID, ask("two"));
  const error = await hub.sent.next();
  assert.deepEqual([error.message_type, error.code], ["ERROR", "unauthenticated"]);
  assert.match(String(error.error_details), /could not be read/);
});

Deno.test("Agent gives its handler the conversation so far, and none where the server refuses it", async () => {
  await using hub = await TestHub.start();
  await using _agent = await started(hub, async (context) => {
    const said = await context.conversation();
    return said.map(({ senderId, textPayload }) => `${senderId}: ${textPayload}`).join("\n") || "nothing";
  });
  await hub.give(ID, ask("one"));
  assert.equal((await hub.sent.next()).text_payload, "nothing");
  hub.history.push(BEFORE);
  await hub.give(ID, ask("two"));
  assert.equal((await hub.sent.next()).text_payload, "web_1: before");
});

Deno.test("Agent shows its handler neither a question that was edited nor its answer", async () => {
  await using hub = await TestHub.start();
  await using _agent = await started(hub, async (context) => {
    return (await context.conversation()).map(({ messageId }) => messageId).join();
  });
  const answer = { ...BEFORE, messageId: "msg_a", messageType: "REPLY", inReplyToMessageId: "msg_q" };
  const edited = { ...BEFORE, messageId: "msg_r", replacesMessageId: "msg_q" };
  hub.history.push(BEFORE, { ...BEFORE, messageId: "msg_q" }, answer, edited);
  await hub.give(ID, ask("one"));
  assert.equal((await hub.sent.next()).text_payload, "msg_0,msg_r");
  await hub.give(ID, ask("two", { replaces_message_id: "msg_r" }));
  assert.equal((await hub.sent.next()).text_payload, "msg_0");
});

Deno.test("Agent stops a reply when told so, and what was written is the reply", async () => {
  await using hub = await TestHub.start();
  await using _agent = await started(hub, async (context) => {
    context.write("so far");
    await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
    context.write(" and no more");
  });
  await hub.give(ID, ask("long"));
  await hub.chunks.next();
  hub.command(ID, { type: "stop_reply", parameters: { in_reply_to_message_id: "msg_long" } });
  const reply = await hub.sent.next();
  assert.deepEqual([reply.message_type, reply.text_payload], ["REPLY", "so far"]);
  assert.equal((await hub.commandResults.next()).success, true);
});
