import { expect } from "expect";
import { lasting, said, type Unit } from "./human.ts";

Deno.test("said() gives three digits and a unit, and a dash where there is nothing", () => {
  const cases: [value: number | null, unit: Unit, text: string][] = [
    [null, "rate", "–"],
    [NaN, "count", "–"],
    [Infinity, "bytes", "–"],
    [0, "rate", "0/s"],
    [0.2, "rate", "0.2/s"],
    [12.345, "rate", "12.3/s"],
    [1e9, "rate", "1B/s"],
    [9_999, "count", "9,999"],
    [12_345, "count", "12.3K"],
    [0.4, "duration", "0.4\u00a0ms"],
    [999, "duration", "999\u00a0ms"],
    [1_234, "duration", "1.23\u00a0s"],
    [90_000, "duration", "1.5\u00a0min"],
    [0, "bytes", "0\u00a0B"],
    [131_072_000, "bytes", "131\u00a0MB"],
    [5e15, "bytes", "5,000\u00a0TB"],
  ];
  for (const [value, unit, text] of cases) expect([value, said(value, unit, "en")]).toEqual([value, text]);
  expect(said(1_234.5, "duration", "de")).toBe("1,23\u00a0s");
});

Deno.test("lasting() names the two largest units", () => {
  const cases: [ms: number, text: string][] = [
    [-5, "0 s"],
    [59_999, "59 s"],
    [60_000, "1 min"],
    [3_600_000, "1 h 0 min"],
    [90_000_000, "1 d 1 h"],
  ];
  for (const [ms, text] of cases) expect(lasting(ms)).toBe(text);
});
