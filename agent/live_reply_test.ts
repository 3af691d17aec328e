import { strict as assert } from "node:assert";
import { LiveReply } from "./live_reply.ts";

const head = { messageId: "msg_reply", inReplyToMessageId: "msg_1", conversationId: "conv_1", delivery: 1 };

function taken(reply: LiveReply) {
  const chunk = reply.take();
  return chunk && [chunk.attempt, chunk.sequence, chunk.textPayload];
}

Deno.test("LiveReply numbers pieces from 0 and joins those that waited", () => {
  const reply = new LiveReply(head);
  assert.equal(reply.take(), undefined);
  reply.append("one");
  assert.deepEqual(taken(reply), [1, 0, "one"]);
  reply.append(" two");
  reply.append(" three");
  assert.deepEqual(taken(reply), [1, 1, " two three"]);
  assert.equal(reply.take(), undefined);
  assert.equal(reply.text, "one two three");
});

Deno.test("LiveReply shows the whole text again, under a higher attempt, when it restarts", () => {
  const reply = new LiveReply(head);
  reply.append("one");
  reply.take();
  reply.append(" two");
  reply.restart();
  assert.deepEqual(taken(reply), [2, 0, "one two"]);
});

Deno.test("LiveReply keeps its attempt when it restarts before anything was shown", () => {
  const reply = new LiveReply(head);
  reply.restart();
  reply.append("one");
  assert.deepEqual(taken(reply), [1, 0, "one"]);
});

Deno.test("LiveReply of a second delivery replaces every restart of the first", () => {
  const first = new LiveReply(head);
  first.append("a");
  first.take();
  first.restart();
  const second = new LiveReply({ ...head, delivery: 2 });
  second.append("b");
  assert.ok(Number(second.take()?.attempt) > Number(first.take()?.attempt));
});

Deno.test("LiveReply holds half a character back until its other half is written", () => {
  const reply = new LiveReply(head);
  reply.append("hi \ud83d");
  assert.deepEqual(taken(reply), [1, 0, "hi "]);
  reply.append("\ude00");
  assert.deepEqual(taken(reply), [1, 1, "😀"]);
});
