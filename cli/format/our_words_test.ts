import assert from "node:assert/strict";
import { inOurWords } from "./our_words.ts";

const SENTENCES: [string, string][] = [
  ["There is none. GET /api/dead-letters lists them.", "There is none. `dead-letters` lists them."],
  ["Use POST /api/agents/:id/pause for that.", "Use `pause NAME` for that."],
  [
    "It is away. Send the command with if_offline 'wait' to have it wait.",
    "It is away. Use --wait to have it wait.",
  ],
  ["Nothing of HTTP.", "Nothing of HTTP."],
];

for (const [theirs, ours] of SENTENCES) {
  Deno.test(`inOurWords() makes "${ours}"`, () => assert.equal(inOurWords(theirs), ours));
}
