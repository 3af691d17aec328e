import { strict as assert } from "node:assert";
import type { Envelope } from "./bus.ts";
import { fromFields, toFields } from "./redis_message.ts";

const ENVELOPES: Envelope[] = [
  { id: "msg_1", body: "", headers: {} },
  {
    id: "msg_2",
    body: '{"ä":"\u0000\u{1f600}"}',
    headers: { a: "1", empty: "" },
    key: "conv_1",
    priority: 5,
  },
  { id: "msg_3", body: new Uint8Array([0, 255, 10]), headers: {}, key: "" },
];

for (const envelope of ENVELOPES) {
  Deno.test(`fromFields() reads what toFields() wrote of ${envelope.id}`, () => {
    assert.deepEqual(fromFields(toFields(envelope)), envelope);
  });
}

Deno.test("toFields() writes only the bytes that a view shows", () => {
  const body = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
  assert.deepEqual(fromFields(toFields({ id: "m", body, headers: {} })).body, new Uint8Array([2, 3]));
});

Deno.test("fromFields() reads what it can of a message that somebody else wrote", () => {
  const envelope = { id: "", body: "text", headers: {} };
  assert.deepEqual(fromFields(["h", "{oh no", "unknown", "1", "t", "text", "odd"]), envelope);
});
