import { expect } from "expect";
import { GrowingMarkdown, parseMarkdown } from "../markdown.ts";
import { BOMBS } from "./testing/bombs.ts";

const SHORT = 4_000;
const TIMES = 32;
const TRIES = 20;

function timeFor(text: string): number {
  const begun = performance.now();
  parseMarkdown(text);
  return performance.now() - begun;
}

for (const [what, make] of Object.entries(BOMBS)) {
  Deno.test(`parseMarkdown() takes time that grows with the text alone: ${what}`, () => {
    const [short, long] = [make(SHORT), make(SHORT * TIMES)];
    let [least, most] = [Infinity, Infinity];
    // A busy machine makes one try slow, but not all. What grows with the square takes 1,024 times as long in each.
    for (let tries = 0; tries < TRIES && !(most < least * TIMES * 10); tries++) {
      least = Math.max(Math.min(least, timeFor(short)), 0.2);
      most = Math.min(most, timeFor(long));
    }
    expect(most).toBeLessThan(least * TIMES * 10);
  });
}

Deno.test("what has settled is not read again: a long text grows by a paragraph as fast as a short one", () => {
  const paragraph = "Some *text* with `code` and [links](https://example.org), and more of it.\n\n";
  const growing = new GrowingMarkdown();
  let text = "";
  let same = 0;
  let before = growing.parse(text);
  for (let count = 0; count < 300; count++) {
    text += paragraph;
    const nodes = growing.parse(text);
    same += before.filter((node, index) => node === nodes[index]).length;
    before = nodes;
  }
  // Of each text but the last block, every node is the one it was.
  expect(same).toBe(
    Array.from({ length: 300 }, (_, count) => Math.max(0, count - 1)).reduce((a, b) => a + b),
  );
});
