import { strict as assert } from "node:assert";
import fc from "../../shared/testing/property.ts";
import { piecesOf, questionsIn } from "./guide.ts";

Deno.test("piecesOf() cuts a text into pieces that make up the whole", () => {
  assert.deepEqual(piecesOf("one\n\ntwo\nthree"), ["one\n\n", "two\n", "three"]);
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("a", " ", "\n") }),
      (text) => piecesOf(text).join("") === text,
    ),
  );
});

Deno.test("questionsIn() picks what the same person asked before, without the question itself", () => {
  const said = (messageId: string, messageType: string, senderId: string) => ({
    messageId,
    messageType,
    senderId,
    textPayload: messageId,
    receiverId: "",
    conversationId: "conv_1",
    inReplyToMessageId: "",
    sendTimestamp: "",
    routingStatus: "",
    replacesMessageId: "",
    attachments: [],
  });
  const message = { message_id: "now", message_type: "TEXT", sender_id: "web_1" };
  const before = [
    said("one", "TEXT", "web_1"),
    said("answer", "REPLY", "agent_1"),
    said("else", "TEXT", "web_2"),
    said("now", "TEXT", "web_1"),
  ];
  assert.deepEqual(questionsIn(before, { message }), ["one"]);
});
