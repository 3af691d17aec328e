import assert from "node:assert/strict";
import type { Message } from "amqplib";
import { Acks } from "./amqp_acks.ts";

const message = (deliveryTag: number) => ({ fields: { deliveryTag } }) as Message;

/** A channel that notes what it is told, and has delivered `count` messages. */
function record(count: number) {
  const said: string[] = [];
  const acks = new Acks();
  const channel = acks.open({
    ack: ({ fields }, allUpTo) => void said.push(`ack ${fields.deliveryTag}${allUpTo ? " and before" : ""}`),
    nack: ({ fields }) => void said.push(`nack ${fields.deliveryTag}`),
  });
  const messages = Array.from({ length: count }, (_, index) => message(index + 1));
  for (const one of messages) channel.delivered(one);
  return { said, acks, channel, at: (tag: number) => messages[tag - 1]! };
}

Deno.test("Acks acknowledges together up to the first delivery that is not finished, the rest one by one", () => {
  const { said, acks, channel, at } = record(6);
  for (const tag of [2, 1, 6, 4]) channel.ack(at(tag));
  assert.deepEqual(said, []);
  acks.flush();
  assert.deepEqual(said.toSorted(), ["ack 2 and before", "ack 4", "ack 6"]);
  channel.ack(at(3));
  acks.flush();
  assert.deepEqual(said.slice(3), ["ack 3 and before"], "what was acknowledged is not acknowledged again");
  channel.ack(at(5));
  acks.flush();
  acks.flush();
  assert.deepEqual(said.slice(4), ["ack 5 and before"]);
  acks.clear();
});

Deno.test("Acks never names a delivery that was given back", () => {
  const { said, acks, channel, at } = record(3);
  channel.ack(at(1));
  channel.nack(at(2));
  acks.flush();
  channel.ack(at(3));
  acks.flush();
  assert.deepEqual(said, ["nack 2", "ack 1 and before", "ack 3 and before"]);
  acks.clear();
});

Deno.test("Acks lets go of a channel that is closing or closed: its deliveries come again", () => {
  const acks = new Acks();
  let told = 0;
  const refuse = () => {
    told++;
    throw new Error("Channel closing");
  };
  const channel = acks.open({ ack: refuse, nack: refuse });
  for (const tag of [1, 2, 3]) channel.delivered(message(tag));
  channel.ack(message(1));
  acks.flush();
  channel.ack(message(2));
  acks.flush();
  channel.nack(message(3));
  assert.equal(told, 1);
  acks.clear();
});

Deno.test("Acks forgets what it gathered when its connection is gone", () => {
  const { said, acks, channel, at } = record(1);
  channel.ack(at(1));
  acks.clear();
  acks.flush();
  assert.deepEqual(said, []);
});
