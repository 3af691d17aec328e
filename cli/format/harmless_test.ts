import assert from "node:assert/strict";
import { jsonOf, lineByLine, oneLine } from "./harmless.ts";

const LINES: [string, string, string][] = [
  ["plain text", "Ada, 2 × ☕", "Ada, 2 × ☕"],
  ["an escape sequence", "\u001b[2JAda", "␛[2JAda"],
  ["a title", "\u001b]0;mine\u0007", "␛]0;mine␇"],
  ["the one-character form of a sequence", "\u009b31mAda", "�31mAda"],
  ["line ends and tabs", "one\r\n\ttwo", "one two"],
  ["delete", "a\u007fb", "a␡b"],
  ["a change of direction", "abc\u202edcba", "abc�dcba"],
];

for (const [what, text, shown] of LINES) {
  Deno.test(`oneLine() makes ${what} harmless`, () => assert.equal(oneLine(text), shown));
}

Deno.test("jsonOf() escapes what steers a terminal, and means the same", () => {
  const value = { name: "\u001b[2J\u009b2J\u202eAda\u007f" };
  const text = jsonOf(value);
  assert.doesNotMatch(text, /[\p{Cc}\u202e]/u);
  assert.deepEqual(JSON.parse(text), value);
});

Deno.test("lineByLine() shows a script as it is, each line on its own", () => {
  assert.equal(lineByLine("bash SCRIPT\nif a\n\tb  c\u001b[2J\n"), "bash SCRIPT\n  if a\n  ␉b  c␛[2J");
});
