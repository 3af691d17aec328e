import assert from "node:assert/strict";
import fc from "../testing/property.ts";
import { ParleyError } from "../error.ts";
import { check, encodeMessage, fieldOf, parseMessage, toMessage, withoutInternal } from "./codec.ts";
import { newTaskSchema } from "./task.ts";

const FAULTS: [string, string | Uint8Array, string, RegExp][] = [
  ["an empty body", "", "invalid_json", /JSON/],
  ["half an object", '{"message_type":', "invalid_json", /JSON/],
  ["bytes that are no UTF-8", new Uint8Array([0xff, 0xfe]), "invalid_json", /JSON/],
  ["a number", "42", "invalid_message", /object/],
  ["a list", "[]", "invalid_message", /object/],
  ["null", "null", "invalid_message", /object/],
  ["no type", "{}", "invalid_message", /message_type/],
  ["a type that is no text", '{"message_type":5}', "invalid_message", /message_type/],
  ["a text that is no text", '{"message_type":"TEXT","text_payload":{}}', "invalid_message", /text_payload/],
  [
    "101 levels",
    `{"message_type":"TEXT","a":${"[".repeat(100)}${"]".repeat(100)}}`,
    "invalid_message",
    /nested/,
  ],
  [
    "20,000 levels",
    `{"message_type":"TEXT","a":${`{"a":[`.repeat(10_000)}${"]}".repeat(10_000)}}`,
    "invalid_message",
    /nested/,
  ],
  ["a priority of 6", '{"message_type":"TEXT","priority":6}', "invalid_message", /priority/],
];

for (const [what, body, code, words] of FAULTS) {
  Deno.test(`parseMessage() refuses ${what} as ${code}, naming what is wrong`, () => {
    assert.throws(() => parseMessage(body), (error) => {
      assert.ok(error instanceof ParleyError);
      assert.equal(error.code, code);
      assert.match(error.message, words);
      return true;
    });
  });
}

Deno.test("check() says what is wrong in one sentence, which ends once", () => {
  assert.throws(
    () => check(newTaskSchema, { task_type: "t", priority: 9 }),
    { message: "Field 'priority': Allowed is 1 (critical) to 5 (background), or one of those names." },
  );
});

Deno.test("parseMessage() accepts lower case types and the coordination library's names", () => {
  const message = parseMessage(
    '{"message_type":"text","from_agent":"a","to_agent":"b","parent_message_id":"c"}',
  );
  assert.equal(message.message_type, "TEXT");
  assert.equal(message.sender_id, "a");
  assert.equal(message.receiver_id, "b");
  assert.equal(message.in_reply_to_message_id, "c");
});

const TIMES: [string, Record<string, unknown>, unknown][] = [
  ["created_at", { created_at: "then", timestamp: "later" }, "then"],
  ["timestamp, when there is no created_at", { created_at: null, timestamp: "then" }, "then"],
  ["send_timestamp before its aliases", { send_timestamp: "then", created_at: "a", timestamp: "b" }, "then"],
  ["an alias, when send_timestamp is null", { send_timestamp: null, timestamp: "then" }, "then"],
  ["nothing, when timestamp is a number", { timestamp: 1_700_000_000.5 }, undefined],
];

for (const [what, fields, expected] of TIMES) {
  Deno.test(`toMessage() takes as the time of sending ${what}`, () => {
    assert.equal(toMessage({ message_type: "TEXT", ...fields }).send_timestamp, expected);
  });
}

Deno.test("toMessage() takes an alias where the message's own field is null, and else the own field", () => {
  const nothing = toMessage({ message_type: "TEXT", receiver_id: null, to_agent: "agent_ada" });
  assert.equal(nothing.receiver_id, "agent_ada");
  const both = toMessage({ message_type: "TEXT", receiver_id: "agent_bob", to_agent: "agent_ada" });
  assert.equal(both.receiver_id, "agent_bob");
  const everyone = toMessage({ message_type: "TEXT", receiver_id: "agent_bob", to_agent: null });
  assert.equal(everyone.receiver_id, "agent_bob");
});

Deno.test("toMessage() leaves the fields inside content where they are", () => {
  const message = toMessage({ message_type: "TEXT", content: { receiver_id: "agent_ada" } });
  assert.equal(message.receiver_id, undefined);
  assert.equal(fieldOf(message, "receiver_id"), "agent_ada");
});

Deno.test("fieldOf() reads a field inside content as if it stood at the top, where the top has none", () => {
  const message = parseMessage('{"message_type":"TEXT","a":1,"content":{"a":2,"b":3}}');
  assert.equal(fieldOf(message, "a"), 1);
  assert.equal(fieldOf(message, "b"), 3);
});

Deno.test("parseMessage() takes what is nested 100 levels deep", () => {
  const message = parseMessage(`{"message_type":"TEXT","a":${"[".repeat(99)}${"]".repeat(99)}}`);
  assert.ok(Array.isArray(message.a));
});

Deno.test("withoutInternal() takes away what begins with an underscore, and nothing else", () => {
  const message = parseMessage('{"message_type":"TEXT","_seq":1,"_mine":2,"x_":3}');
  assert.deepEqual(withoutInternal(message), { message_type: "TEXT", x_: 3 });
});

Deno.test("parseMessage() after encodeMessage() gives the same message, unknown fields included", () => {
  const own = fc.dictionary(
    fc.string().filter((key) => key.startsWith("z") && key !== "__proto__"),
    fc.jsonValue(),
  );
  fc.assert(fc.property(own, fc.string({ unit: "grapheme" }), (extra, text) => {
    const message = parseMessage(JSON.stringify({ ...extra, message_type: "TEXT", text_payload: text }));
    assert.deepEqual(parseMessage(encodeMessage(message)), message);
    assert.equal(message.text_payload, text);
  }));
});
