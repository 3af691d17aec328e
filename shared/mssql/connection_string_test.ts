import assert from "node:assert/strict";
import fc from "../testing/property.ts";
import { ConfigError } from "../config.ts";
import { pairsOf } from "./connection_string.ts";

/** Only names and values. */
function read(text: string): string[][] {
  return pairsOf(text).map(({ name, value }) => [name, value]);
}

const READ: [what: string, text: string, pairs: string[][]][] = [
  ["nothing of nothing", "", []],
  ["nothing between semicolons", " ; ;; ", []],
  ["a pair without an end", "A=1", [["A", "1"]]],
  ["several pairs, with spaces around them", " A = 1 ; B= two words ;", [["A", "1"], ["B", "two words"]]],
  ["an equals sign in a value", "Pwd=a=b==;B=1", [["Pwd", "a=b=="], ["B", "1"]]],
  ["an empty value", "A=;B=1", [["A", ""], ["B", "1"]]],
  ["semicolons and spaces in braces", "Pwd={ a;b };B=1", [["Pwd", " a;b "], ["B", "1"]]],
  ["a doubled brace as one", "Pwd={a;b}}c};B=1", [["Pwd", "a;b}c"], ["B", "1"]]],
  ["braces that end in a doubled one", "Pwd={a}}};B=1", [["Pwd", "a}"], ["B", "1"]]],
  ["nothing in braces", "A={};B=1", [["A", ""], ["B", "1"]]],
  ["an opening brace in braces", "A={{};B=1", [["A", "{"], ["B", "1"]]],
  ["braces inside a value as they are", "Pwd=a{b}c", [["Pwd", "a{b}c"]]],
  ["quotes in ADO.NET's form", `Password="a;'b";B='c"d'`, [["Password", "a;'b"], ["B", `c"d`]]],
  ["a doubled quote as one in ADO.NET's form", `Password="a"";b"`, [["Password", `a";b`]]],
  ["quotes in ODBC's form as they are", `Driver={X};Pwd="a"`, [["Driver", "X"], ["Pwd", `"a"`]]],
  ["lines", "A=1;\r\n  B=2;\n", [["A", "1"], ["B", "2"]]],
  ["every plane of Unicode", "Pwd=pässwörd🔑", [["Pwd", "pässwörd🔑"]]],
];

for (const [what, text, pairs] of READ) {
  Deno.test(`pairsOf() reads ${what}`, () => assert.deepEqual(read(text), pairs));
}

const REFUSED: [what: string, text: string, says: RegExp][] = [
  [
    "a brace that is never closed",
    "Server=h;Pwd={s3cret;Database=d",
    /value of Pwd begins with \{, which is never closed/,
  ],
  ["a brace that only a doubled one follows", "Pwd={s3cret}}", /Pwd begins with \{, which is never closed/],
  ["a quote that is never closed", `Password="s3cret`, /Password begins with ", which is never closed/],
  ["something after a closing brace", "Pwd={s3}cret;B=1", /value of Pwd goes on after what closes it/],
  ["a piece without an equals sign", "Pwd=a;s3cret;Server=h", /not written as NAME=value/],
  ["a last piece without an equals sign", "Pwd=a;s3cret", /not written as NAME=value/],
  ["a value without a name", "=s3cret", /not written as NAME=value/],
  ["a fault in what may be a piece of a password", "Pwd=a;s3cret={x", /value of something begins with/],
];

for (const [what, text, says] of REFUSED) {
  Deno.test(`pairsOf() refuses ${what}, and shows no value`, () => {
    assert.throws(() => pairsOf(text), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, says);
      assert.doesNotMatch(error.message, /s3cret/);
      return true;
    });
  });
}

const anyText = fc.string({ unit: "grapheme" });

Deno.test("pairsOf() reads every value back that was written in braces", () => {
  fc.assert(fc.property(fc.array(anyText), (values) => {
    const text = values.map((value, at) => `K${at}={${value.replaceAll("}", "}}")}}`).join(";");
    assert.deepEqual(read(text), values.map((value, at) => [`K${at}`, value]));
  }));
});

Deno.test("pairsOf() reads every value back that was written in quotes as ADO.NET does", () => {
  fc.assert(fc.property(anyText, fc.constantFrom('"', "'"), (value, quote) => {
    const text = `Server=h;Password=${quote}${value.replaceAll(quote, quote + quote)}${quote};Database=d`;
    assert.deepEqual(read(text), [["Server", "h"], ["Password", value], ["Database", "d"]]);
  }));
});

Deno.test("pairsOf() either reads a text or throws ConfigError", () => {
  const pieces = fc.constantFrom(
    "{",
    "}",
    "}}",
    ";",
    "=",
    '"',
    "'",
    " ",
    "Pwd",
    "Server",
    "Driver",
    "x",
    "\n",
  );
  fc.assert(
    fc.property(fc.array(pieces), (parts) => {
      try {
        assert.ok(Array.isArray(pairsOf(parts.join(""))));
      } catch (error) {
        assert.ok(error instanceof ConfigError);
      }
    }),
    { numRuns: 2000 },
  );
});
