import { expect } from "expect";
import { headingLevels } from "./heading_levels.ts";

Deno.test("headingLevels() begins below the page's own headings and skips none", () => {
  const cases: [depths: number[], levels: number[]][] = [
    [[4], [3]],
    [[3, 4, 4, 3], [3, 4, 4, 3]],
    [[6, 3, 6, 5, 6], [3, 3, 4, 4, 5]],
    [[1, 2, 3, 4, 5, 6], [3, 4, 5, 6, 6, 6]],
  ];
  for (const [depths, levels] of cases) {
    expect(headingLevels(depths.map((depth) => ({ tag: `h${depth}`, children: [] })))).toEqual(levels);
  }
  expect(headingLevels(["text", { tag: "p", children: [] }])).toEqual([undefined, undefined]);
});
