import { strict as assert } from "node:assert";
import { ParleyError } from "../error.ts";
import { message, turn } from "./conformance/inbox.ts";
import { RedisPublisher } from "./redis_publisher.ts";
import type { Wire } from "./redis_wire.ts";

interface Said {
  base: string;
  messages: number;
}

/** Stands for a connection: it notes what is said, and answers as it is told. */
function fakeWire(said: Said[], answer: () => Promise<unknown> = () => Promise.resolve()): Wire {
  const run: Wire["run"] = (_, base, args) => {
    said.push({ base, messages: args.filter((arg) => arg === "t").length });
    return answer();
  };
  return { run } as Wire;
}

const refusing = (name: string, said: string) => () =>
  Promise.reject(Object.assign(new Error(said), { name, command: { args: ["hunter2"] } }));

Deno.test("what one turn publishes goes to each queue with one command", async () => {
  const said: Said[] = [];
  const publisher = new RedisPublisher({});
  publisher.up(fakeWire(said));
  await Promise.all(["a", "b", "a", "a"].map((base) => publisher.publish(base, message("x"), {})));
  assert.deepEqual(said, [{ base: "a", messages: 3 }, { base: "b", messages: 1 }]);
  publisher.close();
});

Deno.test("a command carries 256 messages, or one MiB and what goes beyond, at most", async () => {
  const said: Said[] = [];
  const publisher = new RedisPublisher({});
  publisher.up(fakeWire(said));
  const many = Array.from({ length: 300 }, () => publisher.publish("many", message("x"), {}));
  const body = "x".repeat(700_000);
  const large = [1, 2, 3].map(() => publisher.publish("large", message("", { body }), {}));
  await Promise.all([...many, ...large]);
  assert.deepEqual(said.map(({ messages }) => messages), [256, 44, 2, 1]);
  publisher.close();
});

Deno.test("what a lost connection has not confirmed is published again on the next, in order", async () => {
  const said: Said[] = [];
  const publisher = new RedisPublisher({});
  publisher.up(fakeWire(said, refusing("Error", "Connection is closed.")));
  const published = [publisher.publish("q", message("a"), {}), publisher.publish("q", message("b"), {})];
  await turn();
  publisher.down();
  published.push(publisher.publish("q", message("c"), {}));
  publisher.up(fakeWire(said));
  await Promise.all(published);
  assert.deepEqual(said.map(({ messages }) => messages), [2, 3]);
  publisher.close();
});

const REFUSALS: [said: string, says: RegExp][] = [
  ["OOM command not allowed", /^Redis is full.* Try again later\.$/],
  ["ERR something else", /^Redis refuses: ERR something else\. Try again later\.$/],
];

for (const [said, says] of REFUSALS) {
  Deno.test(`a publish that Redis refuses with "${said}" says why, and never what was in it`, async () => {
    const publisher = new RedisPublisher({});
    publisher.up(fakeWire([], refusing("ReplyError", said)));
    await assert.rejects(publisher.publish("q", message("x"), {}), (error) => {
      assert.ok(error instanceof ParleyError);
      assert.equal(error.code, "unavailable");
      assert.match(error.message, says);
      assert.ok(!Deno.inspect(error).includes("hunter2"));
      return true;
    });
    publisher.close();
  });
}
