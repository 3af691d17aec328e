import { strict as assert } from "node:assert";
import type { ConsumeMessage } from "amqplib";
import { ParleyError } from "../error.ts";
import { delayStepMs, deliveriesBefore, fromAmqp, toAmqp } from "./amqp_message.ts";
import type { Envelope } from "./bus.ts";

function received({ content, properties }: ReturnType<typeof toAmqp>, redelivered = false): ConsumeMessage {
  return { content, properties, fields: { redelivered } } as unknown as ConsumeMessage;
}

Deno.test("an envelope survives the way through RabbitMQ's form", () => {
  const cases: Envelope[] = [
    { id: "m1", body: '{"a":1}', headers: { a: "b", empty: "" }, key: "conv_1", priority: 1 },
    { id: "m2", body: new Uint8Array([0, 255]), headers: {} },
    { id: "m3", body: "", headers: {} },
    { id: "m4", body: "", headers: {}, key: "é".repeat(200) },
  ];
  for (const envelope of cases) assert.deepEqual(fromAmqp(received(toAmqp(envelope))), envelope);
});

Deno.test("an id that RabbitMQ's form cannot hold is read from the body", () => {
  const id = "m".repeat(256);
  const envelope = { id, body: JSON.stringify({ message_id: id }), headers: {} };
  assert.equal(toAmqp(envelope).properties.messageId, undefined);
  assert.deepEqual(fromAmqp(received(toAmqp(envelope))), envelope);
});

Deno.test("fromAmqp() keeps RabbitMQ's own headers and nested ones from readers", () => {
  const message = toAmqp({ id: "m", body: "", headers: { a: "b" } });
  const headers = { ...message.properties.headers, "x-death": [{ count: 1 }], nested: { a: 1 }, n: 5 };
  assert.deepEqual(fromAmqp(received({ ...message, properties: { headers } })).headers, { a: "b", n: "5" });
});

Deno.test("deliveriesBefore() takes a queue's count, and knows when it has none", () => {
  const plain = toAmqp({ id: "m", body: "", headers: {} });
  const counted = { ...plain, properties: { headers: { "x-delivery-count": 2 } } };
  assert.equal(deliveriesBefore(received(plain)), 0);
  assert.equal(deliveriesBefore(received(plain, true)), undefined);
  assert.equal(deliveriesBefore(received(counted, true)), 2);
});

Deno.test("delayStepMs() rounds up to a step, and refuses what is beyond a day", () => {
  for (
    const [delayMs, step] of [[1, 100], [100, 100], [101, 250], [700, 1_000], [
      86_400_000,
      86_400_000,
    ]] as const
  ) {
    assert.equal(delayStepMs(delayMs), step);
  }
  assert.throws(() => delayStepMs(86_400_001), ParleyError);
});
