import { expect } from "expect";
import { moved } from "./selection.ts";

const CASES: [key: string, place: number, count: number, to: number | undefined][] = [
  ["ArrowDown", 0, 3, 1],
  ["ArrowDown", 2, 3, 0],
  ["ArrowUp", 0, 3, 2],
  ["ArrowUp", 2, 3, 1],
  ["Home", 2, 3, 0],
  ["End", 0, 3, 2],
  ["PageDown", 1, 30, 9],
  ["PageDown", 25, 30, 29],
  ["PageUp", 9, 30, 1],
  ["PageUp", 3, 30, 0],
  ["a", 1, 3, undefined],
  ["toString", 1, 3, undefined],
  ["ArrowDown", -1, 0, undefined],
];

Deno.test("moved() goes round with arrows, stops at the ends by pages, and leaves other keys alone", () => {
  for (const [key, place, count, to] of CASES) {
    expect([key, place, moved(key, place, count)]).toEqual([key, place, to]);
  }
});
