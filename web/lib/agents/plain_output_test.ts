/** Output without what is meant for a terminal. */
import { expect } from "expect";
import { plainOutput, wholeOutput } from "./plain_output.ts";

Deno.test("escape sequences are taken out, and ends of lines are one character", () => {
  const CASES: [printed: string, shown: string][] = [
    ["plain", "plain"],
    ["\x1b[1;31mred\x1b[0m", "red"],
    ["\x1b]0;title\x07a\x1b]8;;http://x\x1b\\b", "ab"],
    ["\x1b(Ba\x1b7b\x1b=c", "abc"],
    ["\x1b[?25l\x1b[2K\x1b[1Ga", "a"],
    ["a\r\nb\rc\n", "a\nb\nc\n"],
    ["a\u202eb\x00c\x9bd", "a\ufffdb\ufffdc\ufffdd"],
    ["<b>\t&amp;", "<b>\t&amp;"],
    ["cut \x1b[3", "cut \ufffd[3"],
  ];
  for (const [text, shown] of CASES) expect([text, wholeOutput(text)]).toEqual([text, shown]);
});

Deno.test("a sequence that is cut between two pieces is put together", () => {
  for (const text of ["a\x1b[1;31mb", "a\x1b]0;title\x1b\\b", "a\r\nb"]) {
    for (let at = 1; at < text.length; at++) {
      const first = plainOutput(text.slice(0, at));
      expect(first.shown + wholeOutput(first.rest + text.slice(at))).toBe(wholeOutput(text));
    }
  }
});

Deno.test("what looks like a sequence and never ends is shown, and takes no time to speak of", () => {
  for (const piece of ["\x1b]", "\x1b[1", "\x1b", "\x1bP\x1b", "\r"]) {
    const start = performance.now();
    const { shown } = plainOutput(piece.repeat(200_000) + "x".repeat(1_000));
    expect(shown.endsWith("xxx")).toBe(true);
    expect(performance.now() - start).toBeLessThan(1_000);
  }
});
