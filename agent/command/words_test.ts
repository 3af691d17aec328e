import { strict as assert } from "node:assert";
import fc from "../../shared/testing/property.ts";
import { ParleyError } from "../../shared/error.ts";
import { quoteWords, splitWords } from "./words.ts";

const SPLIT: [line: string, words: string[]][] = [
  ["df -h", ["df", "-h"]],
  ["  df \t -h \n", ["df", "-h"]],
  ["", []],
  ["echo 'a  b' \"c  d\" e\\ f", ["echo", "a  b", "c  d", "e f"]],
  ["echo a'b'\"c\"d", ["echo", "abcd"]],
  ["echo '' \"\"", ["echo", "", ""]],
  ["echo 'a;b|c&d<e>f`g$(h)\n'", ["echo", "a;b|c&d<e>f`g$(h)\n"]],
  ['echo "a;b|c&d<e>f(g)\nh"', ["echo", "a;b|c&d<e>f(g)\nh"]],
  ['echo "\\"\\\\\\$\\`\\n\\$(x)"', ["echo", '"\\$`\\n$(x)']],
  ["echo \\; \\| \\' \\\\", ["echo", ";", "|", "'", "\\"]],
  ["echo a\\\nb", ["echo", "ab"]],
  ["echo $HOME ~ *.ts # {a,b} ! a=b", ["echo", "$HOME", "~", "*.ts", "#", "{a,b}", "!", "a=b"]],
];

for (const [line, words] of SPLIT) {
  Deno.test(`splitWords() splits ${JSON.stringify(line)}`, () => assert.deepEqual(splitWords(line), words));
}

const OPERATORS = [
  "a; b",
  "a | b",
  "a & b",
  "a && b",
  "a <b",
  "a >b",
  "a `b`",
  "a $(b)",
  "a\nb",
  "(a)",
  'a "$(b)"',
  'a "`b`"',
];

for (const line of OPERATORS) {
  Deno.test(`splitWords() says that nothing here is a shell for ${JSON.stringify(line)}`, () => {
    assert.throws(
      () => splitWords(line),
      (error) =>
        error instanceof ParleyError && error.code === "forbidden" &&
        /Nothing here is a shell/.test(error.message),
    );
  });
}

for (const line of ["a 'b", 'a "b', "a \\", 'a "b\\"']) {
  Deno.test(`splitWords() refuses ${JSON.stringify(line)}, which is not finished`, () => {
    assert.throws(
      () => splitWords(line),
      (error) => error instanceof ParleyError && error.code === "invalid_message",
    );
  });
}

Deno.test("quoteWords() writes a line that splitWords() reads as the same words", () => {
  const visible = fc.string({ unit: fc.constantFrom(..."ab ;|&<>`$()'\"\\*é€😀") });
  fc.assert(fc.property(fc.array(visible), (words) => {
    assert.deepEqual(splitWords(quoteWords(words)), words);
  }));
});

Deno.test("quoteWords() shows what cannot be seen, so that nothing is hidden from who approves", () => {
  assert.equal(
    quoteWords(["a\u001b[2K", "x\u202ey", "l\n;m", "it's\u200b"]),
    "$'a\\U0000001b[2K' $'x\\U0000202ey' $'l\\n;m' $'it\\'s\\U0000200b'",
  );
});

Deno.test("quoteWords() writes no two different words alike that look alike", () => {
  const alike = [
    "a b",
    "a\u00a0b",
    "a\u2003b",
    "a\u3000b",
    "a\u2800b",
    "a\u3164b",
    "ab",
    "a\ufe0fb",
    "a\u034fb",
    "a\u0378b",
  ];
  for (const word of alike) assert.match(quoteWords([word]), /^[ -~]+$/, word);
  assert.equal(new Set(alike.map((word) => quoteWords([word]))).size, alike.length);
  assert.equal(quoteWords(["é", "€ 😀"]), "'é' '€ 😀'");
});
