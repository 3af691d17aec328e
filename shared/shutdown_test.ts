import assert from "node:assert/strict";
import { createRepeat } from "./shutdown.ts";

Deno.test("createRepeat() takes signals within a second for one, and a later one for a second wish", () => {
  let now = 5;
  const repeated = createRepeat(() => now);
  assert.equal(repeated(), false);
  now = 1_004;
  assert.equal(repeated(), false);
  now = 1_005;
  assert.equal(repeated(), true);
});
