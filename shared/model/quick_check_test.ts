import assert from "node:assert/strict";
import fc from "../testing/property.ts";
import { messageSchema } from "./message.ts";
import { isPlainMessage } from "./quick_check.ts";

const PLAIN = {
  message_type: "TEXT",
  message_id: "msg_1",
  sender_id: null,
  text_payload: "hello",
  routing_status: "pending",
  hops: 1,
  _seq: 3,
  priority: 2,
  theirs: { a: [1] },
};

Deno.test("isPlainMessage() takes an ordinary message, with fields nobody knows", () => {
  assert.equal(isPlainMessage(PLAIN), true);
});

const NOT_PLAIN: [name: string, change: Record<string, unknown>][] = [
  ["a type in lower case", { message_type: "text" }],
  ["no type", { message_type: undefined }],
  ["an empty type", { message_type: "" }],
  ["a number for a text", { sender_id: 1 }],
  ["a text for a number", { hops: "1" }],
  ["a status nobody knows, which the schema leaves out", { routing_status: "lost" }],
  ["a priority beyond 5", { priority: 6 }],
  ["content that is no object", { content: "x" }],
];

for (const [name, change] of NOT_PLAIN) {
  Deno.test(`isPlainMessage() leaves ${name} to the schema`, () => {
    assert.equal(isPlainMessage({ ...PLAIN, ...change }), false);
  });
}

Deno.test("isPlainMessage() is true only of what the schema gives back as it is", () => {
  const names = fc.constantFrom(...Object.keys(messageSchema.shape), "theirs", "toString");
  const values = fc.oneof(
    fc.constantFrom(
      "TEXT",
      "text",
      "",
      "pending",
      "error",
      "wait",
      null,
      undefined,
      0,
      1,
      5,
      6,
      -1,
      1.5,
      true,
    ),
    fc.object({ maxDepth: 1 }),
  );
  fc.assert(fc.property(fc.dictionary(names, values, { maxKeys: 6 }), (fields) => {
    const value = { message_type: "TEXT", ...fields };
    if (!isPlainMessage(value)) return;
    const checked = messageSchema.safeParse(value);
    assert.deepEqual(checked.data, value);
  }));
});
