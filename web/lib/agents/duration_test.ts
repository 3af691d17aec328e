/** How long something took, in words. */
import { expect } from "expect";
import { durationText } from "./duration.ts";

Deno.test("durationText() says the one or two units that matter", () => {
  const CASES: [ms: number, text: string][] = [
    [-5, "0 ms"],
    [340.4, "340 ms"],
    [2_449, "2.4 sec"],
    [65_000, "1 min 5 sec"],
    [3_725_000, "1 hr 2 min"],
  ];
  for (const [ms, text] of CASES) expect(durationText(ms, "en")).toBe(text);
});
