import { expect } from "expect";
import { isAtEnd } from "./follow.ts";

Deno.test("isAtEnd() follows at the end or nearly there, and yields to a reader above", () => {
  const cases: [top: number, height: number, view: number, atEnd: boolean][] = [
    [0, 300, 500, true],
    [500, 1000, 500, true],
    [460, 1000, 500, true],
    [440, 1000, 500, false],
    [0, 1000, 500, false],
    [500.4, 1000, 500, true],
  ];
  for (const [scrollTop, scrollHeight, clientHeight, atEnd] of cases) {
    expect(isAtEnd({ scrollTop, scrollHeight, clientHeight })).toBe(atEnd);
  }
});
