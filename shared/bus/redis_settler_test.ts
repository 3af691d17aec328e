import { strict as assert } from "node:assert";
import { turn } from "./conformance/inbox.ts";
import { type Finished, RedisSettler } from "./redis_settler.ts";
import type { Wire } from "./redis_wire.ts";

const finished = (id: string, more: Partial<Finished> = {}): Finished => {
  return { base: "q", priority: 3, id, key: undefined, ...more };
};

/** Stands for a connection: it notes what is said, and answers as it is told. */
function fakeWire(said: unknown[], answer: () => Promise<unknown> = () => Promise.resolve()): Wire {
  const run: Wire["run"] = (script, base, args) => {
    said.push([script, base, ...args]);
    return answer();
  };
  return { run } as Wire;
}

Deno.test("what one turn finishes is told with one command for each queue", async () => {
  const said: unknown[] = [];
  const settler = new RedisSettler();
  settler.up(fakeWire(said));
  settler.finish(finished("1"));
  settler.finish(finished("2", { key: "" }));
  settler.finish(finished("3", { base: "r" }));
  assert.deepEqual(said, []);
  await turn();
  assert.deepEqual(said, [
    ["finish", "q", 3, "1", "", 3, "2", "k"],
    ["finish", "r", 3, "3", ""],
  ]);
  settler.close();
});

Deno.test("what a lost connection has not confirmed as finished is told again on the next", async () => {
  const [lost, next]: unknown[][] = [[], []];
  const settler = new RedisSettler();
  settler.up(fakeWire(lost!, () => Promise.reject(new Error("Connection is closed."))));
  settler.finish(finished("1"));
  await turn();
  settler.down();
  settler.finish(finished("2"));
  settler.up(fakeWire(next!));
  await settler.empty();
  assert.deepEqual(next, [["finish", "q", 3, "1", "", 3, "2", ""]]);
  settler.up(fakeWire(next!));
  assert.equal(next!.length, 1);
  settler.close();
});

Deno.test("whoever waits for all to be told waits no longer once the connection is lost", async () => {
  const settler = new RedisSettler();
  settler.up(fakeWire([], () => new Promise(() => {})));
  settler.finish(finished("1"));
  const empty = settler.empty();
  settler.down();
  await empty;
  settler.close();
});
