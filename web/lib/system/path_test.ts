import { expect } from "expect";
import type { Sample } from "./history.ts";
import { areaPath, dotPath, type Frame, linePath, xOf, yOf } from "./path.ts";

const frame: Frame = { fromMs: 0, toMs: 100, most: 10, width: 200, height: 50 };
const at = (...values: (number | null)[]): Sample[] =>
  values.map((value, index) => ({ atMs: index * 10, value }));

Deno.test("a line goes through its points, with zero at the lower edge and the highest value at the upper one", () => {
  const cases: [name: string, samples: Sample[], line: string, dots: string][] = [
    ["nothing", [], "", ""],
    ["nothing known", at(null, null), "", ""],
    ["one point", at(5), "", "M0 25h0"],
    ["a flat line", at(5, 5, 5), "M0 25L20 25L40 25", ""],
    ["a flat line at zero", at(0, 0), "M0 50L20 50", ""],
    ["a gap", at(0, 10, null, 10, 0), "M0 50L20 0M60 0L80 50", ""],
    ["a point between gaps", at(0, 0, null, 5, null), "M0 50L20 50", "M60 25h0"],
    ["more than the picture shows", at(0, 1e308), "M0 50L20 0", ""],
    ["what is no number", at(0, 10, NaN, Infinity), "M0 50L20 0", ""],
  ];
  for (const [name, samples, line, dots] of cases) {
    expect([name, linePath(samples, frame), dotPath(samples, frame)]).toEqual([name, line, dots]);
  }
});

Deno.test("the area reaches from the line down to zero, in each stretch by itself", () => {
  expect(areaPath(at(0, 10, null, 5, 5), frame)).toBe("M0 50L0 50L20 0L20 50ZM60 50L60 25L80 25L80 50Z");
  expect(areaPath(at(5), frame)).toBe("");
});

Deno.test("places are numbers, also for huge values and where there is neither time nor height", () => {
  expect(yOf(Number.MAX_VALUE, { ...frame, most: Number.MAX_VALUE })).toBe(0);
  expect(yOf(0, { ...frame, most: 0 })).toBe(50);
  expect(xOf(0, { ...frame, toMs: 0 })).toBe(200);
  expect(yOf(1 / 3, frame)).toBe(48.3);
});
