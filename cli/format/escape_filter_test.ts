import assert from "node:assert/strict";
import fc from "../../shared/testing/property.ts";
import { EscapeFilter } from "./escape_filter.ts";

const ESC = "\u001b";
const COLOUR = new RegExp(`${ESC}\\[[\\d;:]*m`, "g");

const CASES: [string, string, string][] = [
  ["text", "one\ttwo\r\nthree", "one\ttwo\r\nthree"],
  ["colours", `${ESC}[1;31mred${ESC}[m`, `${ESC}[1;31mred${ESC}[m`],
  ["colours after the one-character form", "\u009b32mgreen", `${ESC}[32mgreen`],
  ["a cleared screen", `a${ESC}[2Jb`, "ab"],
  ["a moved cursor", `a${ESC}[10;10Hb${ESC}[Ac`, "abc"],
  ["a question that the terminal answers", `a${ESC}[6nb${ESC}[cd${ESC}Ze`, "abde"],
  ["a title ended by a bell", `a${ESC}]0;evil\u0007b`, "ab"],
  ["a clipboard ended by ESC \\", `a${ESC}]52;c;ZXZpbA==${ESC}\\b`, "ab"],
  ["a link", `${ESC}]8;;http://evil${ESC}\\text${ESC}]8;;${ESC}\\`, "text"],
  ["a device string", `a${ESC}P1$r0m${ESC}\\b\u0090evil\u009cc`, "abc"],
  ["a string that is never closed", `a${ESC}]0;evil\nb`, "a\nb"],
  ["a character set", `a${ESC}(0b`, "ab"],
  ["a reset", `a${ESC}cb`, "ab"],
  ["single controls", "a\u0007\b\u000e\u007f\u0085b", "ab"],
  ["a change of direction", "a\u202eb", "a�b"],
  ["a private m sequence", `a${ESC}[>4;2mb${ESC}[?4mc`, "abc"],
  ["an endless parameter list", `${ESC}[${"1;".repeat(99)}mx`, "x"],
  ["a sequence cut off by another", `${ESC}[31${ESC}[32mx`, `${ESC}[32mx`],
];

for (const [what, text, shown] of CASES) {
  Deno.test(`EscapeFilter lets through what is harmless of ${what}`, () => {
    assert.equal(new EscapeFilter({ colours: true }).write(text), shown);
  });
}

Deno.test("EscapeFilter drops colours where none are wanted, and ends those that it let through", () => {
  const plain = new EscapeFilter({ colours: false });
  assert.equal(plain.write(`${ESC}[31mred`) + plain.end(), "red");
  const coloured = new EscapeFilter({ colours: true });
  assert.equal(coloured.write(`${ESC}[31mred`) + coloured.end(), `${ESC}[31mred${ESC}[0m`);
});

const dangerous = fc.array(
  fc.constantFrom(
    ESC,
    "\u009b",
    "\u009d",
    "[",
    "]",
    "P",
    "2",
    ";",
    "J",
    "m",
    "\u0007",
    "\\",
    "\n",
    "a",
    "é",
    " ",
  ),
  { maxLength: 40 },
).map((parts) => parts.join(""));

Deno.test("EscapeFilter shows the same wherever the text is cut, and never a sequence that is no colour", () => {
  fc.assert(fc.property(dangerous, fc.nat(40), (text, at) => {
    const whole = new EscapeFilter({ colours: true }).write(text);
    const filter = new EscapeFilter({ colours: true });
    assert.equal(filter.write(text.slice(0, at)) + filter.write(text.slice(at)), whole);
    assert.doesNotMatch(whole.replace(COLOUR, ""), /[^\P{Cc}\n]/u);
  }));
});
