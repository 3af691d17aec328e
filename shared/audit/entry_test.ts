import assert from "node:assert/strict";
import fc from "../testing/property.ts";
import { lineOf, type LoggedMessage, messageEntry } from "./entry.ts";

Deno.test("lineOf() writes anything on exactly one line, from which it can be read again", () => {
  const text = fc.string({ unit: "binary", maxLength: 60 });
  fc.assert(fc.property(fc.dictionary(text, text), (entry) => {
    const line = lineOf(entry)!;
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(line.slice(0, -1), /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
    assert.ok(line.endsWith("}\n"));
    assert.deepEqual(JSON.parse(line), JSON.parse(JSON.stringify(entry)));
  }));
});

Deno.test("lineOf() escapes what JSON alone would leave as it is", () => {
  assert.equal(lineOf({ a: "x\u2028\u0085\u007fy\n" }), '{"a":"x\\u2028\\u0085\\u007fy\\n"}\n');
});

Deno.test("lineOf() gives nothing for what JSON cannot say", () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  assert.equal(lineOf(circle), undefined);
  assert.equal(lineOf({ big: 1n }), undefined);
});

const MESSAGE = {
  message_id: "msg_1",
  message_type: "TEXT",
  sender_id: "web_1",
  receiver_id: "agent_1",
  conversation_id: "conv_1",
  text_payload: "a secret",
  content: { also: "secret" },
};

const STAMP = { timestamp: "2024-01-15T10:31:00.000Z", source: "server:1", withBodies: false };

Deno.test("messageEntry() leaves out what the message says, unless that is asked for", () => {
  assert.doesNotMatch(JSON.stringify(messageEntry("sent", MESSAGE, STAMP)), /secret/);
  const { text_payload, content } = messageEntry("sent", MESSAGE, { ...STAMP, withBodies: true });
  assert.deepEqual([text_payload, content], ["a secret", { also: "secret" }]);
});

Deno.test("messageEntry() takes the ends of a message by either of their names, and null where there is none", () => {
  const ends = (message: LoggedMessage) => {
    const { from_agent, to_agent, message_id } = messageEntry("sent", message, STAMP);
    return [from_agent, to_agent, message_id];
  };
  assert.deepEqual(ends(MESSAGE), ["web_1", "agent_1", "msg_1"]);
  assert.deepEqual(ends({ from_agent: "web_1", to_agent: "agent_1" }), ["web_1", "agent_1", null]);
  assert.deepEqual(ends({}), [null, null, null]);
});
