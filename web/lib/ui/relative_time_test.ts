import { expect } from "expect";
import { clockTime, exactTime, secondTime, timeAgo } from "./relative_time.ts";

Deno.test("timeAgo() says how long ago it was, in the largest unit that fits", () => {
  const now = Date.parse("2026-05-01T12:00:00.000Z");
  const cases: [iso: string, english: string, german: string][] = [
    ["2026-05-01T12:00:30.000Z", "now", "jetzt"],
    ["2026-05-01T11:59:01.000Z", "now", "jetzt"],
    ["2026-05-01T11:59:00.000Z", "1 min ago", "vor 1 Min."],
    ["2026-05-01T11:00:01.000Z", "59 min ago", "vor 59 Min."],
    ["2026-05-01T11:00:00.000Z", "1 hr ago", "vor 1 Std."],
    ["2026-04-30T11:00:00.000Z", "yesterday", "gestern"],
    ["2026-04-28T11:00:00.000Z", "3 days ago", "vor 3 Tagen"],
    ["yesterday", "yesterday", "yesterday"],
  ];
  for (const [iso, english, german] of cases) {
    expect([timeAgo(iso, now, "en"), timeAgo(iso, now, "de")]).toEqual([english, german]);
  }
});

Deno.test("exactTime(), clockTime() and secondTime() use the time zone that they are given", () => {
  expect(exactTime("2026-05-01T12:00:00.000Z", "en", "UTC")).toBe("1 May 2026, 12:00:00");
  expect(exactTime("2026-05-01T12:00:00.000Z", "de", "UTC")).toBe("01.05.2026, 12:00:00");
  expect(clockTime("2026-05-01T12:05:00.000Z", "en", "Europe/Berlin")).toBe("14:05");
  expect(secondTime("2026-05-01T12:05:09.000Z", "en", "Europe/Berlin")).toBe("14:05:09");
  expect(secondTime("?", "en")).toBe("");
  expect([exactTime("?", "en"), clockTime("?", "en")]).toEqual(["?", ""]);
});
