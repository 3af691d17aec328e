import assert from "node:assert/strict";
import { Recent } from "./recent.ts";

Deno.test("Recent keeps what was used last, and forgets what was not used for long", () => {
  const recent = new Recent<number>(3);
  for (let index = 0; index < 10; index++) {
    recent.set(`key ${index}`, index);
    assert.equal(recent.get("key 0"), 0, "used all the time");
  }
  // Deleting tells what is there without using it.
  assert.deepEqual([1, 8, 9, 0].map((index) => recent.delete(`key ${index}`)), [false, true, true, true]);
});

Deno.test("Recent holds at most twice its capacity", () => {
  const recent = new Recent<true>(100);
  for (let index = 0; index < 1_000; index++) recent.set(String(index), true);
  const kept = Array.from({ length: 1_000 }, (_, index) => String(index)).filter((key) => recent.delete(key));
  assert.ok(kept.length >= 100 && kept.length <= 200, String(kept.length));
});

Deno.test("Recent takes the newest value of a key, and deletes it wherever it is", () => {
  const recent = new Recent<string>(2);
  recent.set("a", "first");
  recent.set("b", "b");
  recent.set("a", "second");
  assert.equal(recent.get("a"), "second");
  assert.equal(recent.delete("a"), true);
  assert.equal(recent.get("a"), undefined);
  assert.equal(recent.delete("a"), false);
});
