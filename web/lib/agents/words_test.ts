/** Words of a command's line, and what cannot be seen in them. */
import { expect } from "expect";
import { splitWords, UnfinishedWord, visibleText, visibleWord } from "./words.ts";

Deno.test("splitWords() splits at blanks; quotes and backslashes keep blanks in a word", () => {
  const CASES: [line: string, words: string[]][] = [
    ["", []],
    ["  df   -h\t/ ", ["df", "-h", "/"]],
    ["ls 'a b' \"c d\" e\\ f", ["ls", "a b", "c d", "e f"]],
    ["a'b'\"c\"d", ["abcd"]],
    ["echo '' \"\"", ["echo", "", ""]],
    ["'it'\\''s'", ["it's"]],
    ['"a\\"b" "a\\nb" "\\\\"', ['a"b', "a\\nb", "\\"]],
    ["rm * $HOME;ls|x >y", ["rm", "*", "$HOME;ls|x", ">y"]],
    ["ü 'é\u202e'", ["ü", "é\u202e"]],
  ];
  for (const [line, words] of CASES) expect([line, splitWords(line)]).toEqual([line, words]);
});

Deno.test("splitWords() refuses what is not finished", () => {
  for (const line of ["a 'b", 'a "b', "a\\", '"a\\"']) expect(() => splitWords(line)).toThrow(UnfinishedWord);
});

Deno.test("splitWords() of a very long line takes no time to speak of", () => {
  for (const piece of ["a", " ", "'", '"', "\\", 'a"b\\', "' \""]) {
    const start = performance.now();
    try {
      splitWords("x" + piece.repeat(100_000) + "x");
    } catch { /* unfinished */ }
    expect(performance.now() - start).toBeLessThan(1_000);
  }
});

Deno.test("nothing hides in what is shown for approval", () => {
  expect(visibleWord("a  b\u00a0c\td\u202e\u200b\n\x1b[1m")).toBe(
    "a␣␣b\\u{a0}c\\td\\u{202e}\\u{200b}\\n\\u{1b}[1m",
  );
  expect(visibleText("rm -rf /\u2066\nnext line\r")).toBe("rm -rf /\\u{2066}\nnext line\\r");
});
