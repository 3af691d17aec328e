import assert from "node:assert/strict";
import { createRepeat, within } from "./shutdown.ts";

Deno.test("within() tells that work ended in time, and leaves no timer behind", async () => {
  assert.equal(await within(60_000, Promise.resolve()), true);
});

Deno.test("within() tells that work did not end in time", async () => {
  assert.equal(await within(1, new Promise(() => {})), false);
});

Deno.test("within() passes a failure on", async () => {
  await assert.rejects(within(60_000, Promise.reject(new Error("no"))), /no/);
});

Deno.test("createRepeat() takes signals within a second for one, and a later one for a second wish", () => {
  let now = 5;
  const repeated = createRepeat(() => now);
  assert.equal(repeated(), false);
  now = 1_004;
  assert.equal(repeated(), false);
  now = 1_005;
  assert.equal(repeated(), true);
});
