import { strict as assert } from "node:assert";
import { Finished } from "./finished.ts";

Deno.test("Finished forgets the key least recently seen when it is full", () => {
  const finished = new Finished(2);
  finished.add("a");
  finished.add("b");
  assert.equal(finished.has("a"), true);
  finished.add("c");
  assert.deepEqual(["a", "b", "c"].map((key) => finished.has(key)), [true, false, true]);
});

Deno.test("Finished counts a key once when it is added twice", () => {
  const finished = new Finished(2);
  for (const key of ["a", "b", "b"]) finished.add(key);
  assert.equal(finished.has("a"), true);
});
