import { strict as assert } from "node:assert";
import { distance, means, wordsOf } from "./words.ts";

Deno.test("wordsOf() drops case, accents and punctuation and keeps ids whole", () => {
  assert.deepEqual(wordsOf("Who's   ONLINE?! Is agent_echo-2 at Zürich…"), [
    "whos",
    "online",
    "is",
    "agent_echo-2",
    "at",
    "zurich",
  ]);
  assert.deepEqual(wordsOf("…?!"), []);
});

const CASES: [typed: string, word: string, same: boolean][] = [
  ["online", "online", true],
  ["agents", "agent", true],
  ["onlien", "online", true],
  ["capabilites", "capabilities", true],
  ["rabitmq", "rabbitmq", true],
  ["echo", "guide", false],
  ["hi", "he", false],
  ["ad", "add", false],
  ["mine", "online", false],
];

for (const [typed, word, same] of CASES) {
  Deno.test(`means() takes "${typed}" for "${word}": ${same}`, () => {
    assert.equal(means(typed, word), same);
  });
}

Deno.test("distance() counts a swap of neighbours as one slip", () => {
  assert.deepEqual([distance("ab", "ba"), distance("kitten", "sitting"), distance("", "abc")], [1, 3, 3]);
});
