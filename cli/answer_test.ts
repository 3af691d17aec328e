import assert from "node:assert/strict";
import { Answer } from "./answer.ts";

type Step = [attempt: number, sequence: number, text: string];

const CASES: [what: string, pieces: Step[], whole: string, shown: string, isOther: boolean][] = [
  ["pieces in order", [[1, 0, "one "], [1, 1, "two"]], "one two", "one two", false],
  ["no pieces", [], "whole", "whole", false],
  ["a piece twice", [[1, 0, "one "], [1, 0, "one "], [1, 1, "two"]], "one two", "one two", false],
  [
    "a missing piece, which the whole brings",
    [[1, 0, "one "], [1, 2, "three"]],
    "one two three",
    "one two three",
    false,
  ],
  ["a new attempt that says the same", [[1, 0, "one "], [2, 0, "one "]], "one two", "one two", false],
  ["a new attempt that says something else", [[1, 0, "one "], [2, 0, "1 "]], "1 2", "one 1 2", true],
  ["a piece of an older attempt", [[2, 0, "one "], [1, 1, "old"]], "one two", "one two", false],
  ["a beginning that was missed", [[1, 3, "four"]], "one … four", "one … four", false],
];

for (const [what, pieces, whole, shown, isOther] of CASES) {
  Deno.test(`Answer shows each character once: ${what}`, () => {
    const answer = new Answer();
    const streamed = pieces.map(([attempt, sequence, text]) => answer.take({ attempt, sequence, text })).join(
      "",
    );
    const end = answer.finish(whole);
    assert.equal(streamed + end.rest, shown);
    assert.equal(end.isOther, isOther);
  });
}
