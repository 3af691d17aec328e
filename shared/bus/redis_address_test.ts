import { strict as assert } from "node:assert";
import { baseOf, readRedisUrl, topicChannelOf } from "./redis_address.ts";

Deno.test("readRedisUrl() takes its defaults from a URL that says only the scheme and the host", () => {
  assert.deepEqual(readRedisUrl("redis://queues"), {
    target: "queues:6379",
    prefix: "parley:",
    connection: { host: "queues", port: 6379, db: 0 },
  });
});

Deno.test("readRedisUrl() reads everything that a URL can say", () => {
  assert.deepEqual(readRedisUrl("rediss://ada:p%40ss@queues.example:6380/2?prefix=ours:"), {
    target: "queues.example:6380",
    prefix: "ours:",
    connection: {
      host: "queues.example",
      port: 6380,
      db: 2,
      username: "ada",
      password: "p@ss",
      tls: {},
    },
  });
});

Deno.test("readRedisUrl() understands a password without a user, and addresses of IPv6", () => {
  const { connection, target } = readRedisUrl("rediss://:secret@[::1]:7000");
  assert.deepEqual(connection, { host: "::1", port: 7000, db: 0, password: "secret", tls: {} });
  assert.equal(target, "[::1]:7000");
});

Deno.test("keys and channels are kept apart by prefix, and channels by database, too", () => {
  const [one, two] = [readRedisUrl("redis://h/1?prefix=a:"), readRedisUrl("redis://h/2?prefix=a:")];
  assert.equal(baseOf(one, "q"), "a:q:q");
  assert.notEqual(topicChannelOf(one, "wake"), topicChannelOf(two, "wake"));
});

Deno.test("baseOf() gives queues whose names have colons no keys of other queues", () => {
  const address = readRedisUrl("redis://h?prefix=a:");
  assert.equal(baseOf(address, "q:parked"), "a:q:q%3Aparked");
  assert.notEqual(baseOf(address, "q:parked"), baseOf(address, "q%3Aparked"));
});
