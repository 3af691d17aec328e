import { expect } from "expect";
import fc from "../../../shared/testing/property.ts";
import { mayComeBack, pauseMs } from "./reconnect.ts";

Deno.test("pauseMs() grows from a second to half a minute, and stays within a fifth of that", () => {
  expect([0, 1, 2, 3, 4, 5, 99].map((attempt) => pauseMs(attempt, 0.5))).toEqual(
    [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000],
  );
  fc.assert(fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
    const pause = pauseMs(attempt, random);
    expect(pause).toBeGreaterThanOrEqual(800);
    expect(pause).toBeLessThanOrEqual(36_000);
  }));
});

Deno.test("mayComeBack() stays away where the protocol says so", () => {
  for (const code of [1000, 1001, 1006, 1009, 1012, 4000, 4400, 4499]) expect(mayComeBack(code)).toBe(true);
  for (const code of [4401, 4403, 4500, 4999]) expect(mayComeBack(code)).toBe(false);
});
