import { expect } from "expect";
import { clockTime, exactTime, timeAgo } from "./relative_time.ts";

Deno.test("timeAgo() says how long ago it was, in the largest unit that fits", () => {
  const now = Date.parse("2026-05-01T12:00:00.000Z");
  const cases: [iso: string, said: string][] = [
    ["2026-05-01T12:00:30.000Z", "just now"],
    ["2026-05-01T11:59:01.000Z", "just now"],
    ["2026-05-01T11:59:00.000Z", "1 min ago"],
    ["2026-05-01T11:00:01.000Z", "59 min ago"],
    ["2026-05-01T11:00:00.000Z", "1 h ago"],
    ["2026-04-29T11:00:00.000Z", "2 d ago"],
    ["yesterday", "yesterday"],
  ];
  for (const [iso, said] of cases) expect(timeAgo(iso, now)).toBe(said);
});

Deno.test("exactTime() and clockTime() use the time zone that they are given", () => {
  expect(exactTime("2026-05-01T12:00:00.000Z", "UTC")).toBe("1 May 2026, 12:00:00");
  expect(clockTime("2026-05-01T12:05:00.000Z", "Europe/Berlin")).toBe("14:05");
  expect([exactTime("?"), clockTime("?")]).toEqual(["?", ""]);
});
