import { expect } from "expect";
import fc from "fast-check";
import { fit, ranked } from "./match.ts";

const order = (query: string, ...labels: string[]) =>
  ranked(query, labels.map((label) => ({ label }))).map(({ label }) => label);

Deno.test("ranked() puts the beginning of a name before that of a word, a part of it, and its letters", () => {
  expect(order("ta", "Start a task", "Metal", "Tasks", "The alarm", "Chat")).toEqual([
    "Tasks",
    "Start a task",
    "Metal",
    "The alarm",
  ]);
});

Deno.test("ranked() prefers the shorter of two names that fit alike, and keeps the order of equals", () => {
  expect(order("ada", "Ada Lovelace", "Ada", "Ada Byron", "Ada Bryon")).toEqual([
    "Ada",
    "Ada Byron",
    "Ada Bryon",
    "Ada Lovelace",
  ]);
  expect(order("", "b", "a")).toEqual(["b", "a"]);
});

const CASES: [query: string, text: string, fits: boolean][] = [
  ["", "anything", true],
  ["  ", "anything", true],
  ["dl", "Dead letters", true],
  ["ltr", "Dead letters", true],
  ["td", "Dead letters", false],
  ["x", "Dead letters", false],
  ["letters dead", "Dead letters", true],
  ["letters x", "Dead letters", false],
  ["resume ada", "Resume Ada", true],
  ["MULLER", "Müller", true],
  ["mü", "Muller", true],
  ["node 7", "node-7", true],
  ["node-7", "node_7", true],
  ["東京", "会議 東京", true],
  [".*", "anything", false],
  ["a", "x".repeat(1_000_000) + " a", false],
];

Deno.test("fit() leaves out case, accents and signs between words, and wants every word", () => {
  for (const [query, text, fits] of CASES) expect([query, fit(query, text) > 0]).toEqual([query, fits]);
});

Deno.test("fit() finds every word that a name begins with, and takes any text", () => {
  fc.assert(fc.property(fc.string(), fc.string({ unit: "grapheme" }), (query, text) => {
    expect(fit(query, text)).toBeGreaterThanOrEqual(0);
  }));
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{1,9}$/), fc.stringMatching(/^[a-z ]{0,9}$/), (word, rest) => {
      expect(fit(word, word + rest)).toBeGreaterThanOrEqual(4);
    }),
  );
});
