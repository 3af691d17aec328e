import assert from "node:assert/strict";
import { UsageError } from "../fault.ts";
import { duration, parseTime, timeAgo } from "./time.ts";

const NOW = Date.parse("2026-08-01T12:00:00.000Z");

const AGO: [string, string][] = [
  ["2026-08-01T11:59:59.000Z", "just now"],
  ["2026-08-01T12:00:05.000Z", "just now"],
  ["2026-08-01T11:59:30.000Z", "30 s ago"],
  ["2026-08-01T11:57:00.000Z", "3 min ago"],
  ["2026-08-01T07:00:00.000Z", "5 h ago"],
  ["2026-07-20T12:00:00.000Z", "12 d ago"],
  ["nonsense", "nonsense"],
];

for (const [iso, said] of AGO) {
  Deno.test(`timeAgo() of ${iso} is '${said}'`, () => assert.equal(timeAgo(iso, NOW), said));
}

const DURATIONS: [number, string][] = [
  [0, "0 ms"],
  [999, "999 ms"],
  [1_500, "1.5 s"],
  [3_000, "3 s"],
  [3_049, "3 s"],
  [9_999, "9.9 s"],
  [119_999, "119 s"],
  [120_000, "2 min"],
  [7_200_000, "2 h"],
  [172_800_000, "2 d"],
];

for (const [ms, said] of DURATIONS) {
  Deno.test(`duration() of ${ms} is '${said}'`, () => assert.equal(duration(ms), said));
}

const TIMES: [string, string | undefined][] = [
  ["30m", "2026-08-01T11:30:00.000Z"],
  ["2h", "2026-08-01T10:00:00.000Z"],
  ["1.5d", "2026-07-31T00:00:00.000Z"],
  ["45s", "2026-08-01T11:59:15.000Z"],
  ["2026-07-01T10:00:00+02:00", "2026-07-01T08:00:00.000Z"],
  ["2026-07-01", "2026-07-01T00:00:00.000Z"],
  ["yesterday", undefined],
  ["5", undefined],
  ["2026-13-45", undefined],
  ["", undefined],
];

for (const [text, iso] of TIMES) {
  Deno.test(`parseTime() ${iso ? `reads '${text}'` : `refuses '${text}' and says what it takes`}`, () => {
    if (iso) return assert.equal(parseTime(text, NOW), iso);
    assert.throws(
      () => parseTime(text, NOW),
      (error) => error instanceof UsageError && /30m/.test(error.message),
    );
  });
}
