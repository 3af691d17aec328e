import { expect } from "expect";
import { durationText } from "./duration.ts";

Deno.test("a duration is said in its two largest units", () => {
  const cases: [ms: number, text: string][] = [
    [0, "0 ms"],
    [12.4, "12 ms"],
    [1_240, "1.2 sec"],
    [12_900, "12 sec"],
    [125_000, "2 min 5 sec"],
    [7_200_000, "2 hr"],
    [90_061_000, "1 day 1 hr"],
    [-5, ""],
    [NaN, ""],
  ];
  for (const [ms, text] of cases) expect([ms, durationText(ms, "en")]).toEqual([ms, text]);
});
