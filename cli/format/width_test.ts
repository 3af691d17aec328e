import assert from "node:assert/strict";
import { cut, widthOf } from "./width.ts";

const WIDTHS: [string, number][] = [
  ["", 0],
  ["Ada", 3],
  ["naïve", 5],
  ["e\u0301", 1],
  ["日本語", 6],
  ["ｆｕｌｌ", 8],
  ["👍🏽", 2],
  ["👩‍👩‍👧", 2],
  ["🇩🇪", 2],
  ["☕", 2],
  ["❤️", 2],
  ["→ …", 3],
];

for (const [text, width] of WIDTHS) {
  Deno.test(`widthOf() of '${text}' is ${width}`, () => assert.equal(widthOf(text), width));
}

const CUTS: [string, number, string][] = [
  ["Ada", 3, "Ada"],
  ["Adam", 3, "Ad…"],
  ["日本語", 5, "日本…"],
  ["日本語", 4, "日…"],
  ["a👩‍👩‍👧b", 3, "a…"],
];

for (const [text, width, kept] of CUTS) {
  Deno.test(`cut() makes '${text}' fit into ${width}`, () => assert.equal(cut(text, width), kept));
}
