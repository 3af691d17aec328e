/** Which failures a transaction is run again after. */
import assert from "node:assert/strict";
import type { Failure } from "../dialect.ts";
import { mayRepeat, repeatPauseMs } from "./repeat.ts";

const CASES: [Failure | undefined, number, boolean, boolean, string][] = [
  ["raced", 1, false, true, "others were first"],
  ["raced", 5, true, true, "others were first, as the commit says"],
  ["raced", 6, false, false, "others were first six times"],
  ["cut", 1, false, true, "the connection was lost before the commit"],
  ["cut", 3, false, false, "three connections were lost"],
  ["cut", 1, true, false, "the connection was lost in the commit, which may have happened"],
  ["away", 1, false, false, "the database is away"],
  [undefined, 1, false, false, "a write is at fault"],
];

for (const [failure, attempt, isUncertain, may, when] of CASES) {
  Deno.test(`mayRepeat() is ${may} when ${when}`, () => {
    assert.equal(mayRepeat(failure, { attempt, isUncertain }), may);
  });
}

Deno.test("repeatPauseMs() doubles with each race, by chance less, and is nothing for a lost connection", () => {
  assert.deepEqual([1, 2, 5].map((attempt) => repeatPauseMs("raced", attempt, () => 1)), [10, 20, 160]);
  assert.equal(repeatPauseMs("raced", 5, () => 0), 0);
  assert.equal(repeatPauseMs("cut", 1, () => 1), 0);
});
