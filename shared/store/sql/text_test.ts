/** Titles, and what a search compares. */
import assert from "node:assert/strict";
import { foldForSearch, searchPattern, titleOf } from "./text.ts";

const FAMILY = "👩‍👩‍👧‍👦";

const TITLES: Record<string, [text: string, title: string]> = {
  "a short text as it is": ["How are you?", "How are you?"],
  "60 characters as they are": ["a".repeat(60), "a".repeat(60)],
  "61 characters cut": ["a".repeat(61), `${"a".repeat(59)}…`],
  "lines as one line": ["  One\n\n two\tthree ", "One two three"],
  "no space before the cut": [`${"a".repeat(58)} ${"b".repeat(40)}`, `${"a".repeat(58)}…`],
  "60 families whole": [FAMILY.repeat(60), FAMILY.repeat(60)],
  "61 families cut between two": [FAMILY.repeat(61), `${FAMILY.repeat(59)}…`],
  "plain letters and an accent at the cut": [
    `${"a".repeat(58)}e\u0301${"b".repeat(9)}`,
    `${"a".repeat(58)}e\u0301…`,
  ],
  "no NUL and no half of a pair": ["a\0b\ud800c", "ab\ufffdc"],
  "nothing of nothing": [" \n ", ""],
};

for (const [what, [text, title]] of Object.entries(TITLES)) {
  Deno.test(`titleOf() gives ${what}`, () => assert.equal(titleOf(text), title));
}

Deno.test("titleOf() gives as many characters with the segmenter as without it", () => {
  assert.equal(titleOf(`${"a".repeat(100)}`).length, titleOf(`é${"a".repeat(99)}`).length);
});

Deno.test("foldForSearch() brings case and composition together", () => {
  assert.equal(foldForSearch("CAFE\u0301"), foldForSearch("café"));
});

Deno.test("searchPattern() takes wildcards literally", () => {
  assert.equal(searchPattern(" 50%_[a]\\ "), "%50\\%\\_\\[a]\\\\%");
});
