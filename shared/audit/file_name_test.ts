import assert from "node:assert/strict";
import { dayOf, fileNameOf, firstKeptDay, isDay, isLogFile } from "./file_name.ts";

Deno.test("fileNameOf() numbers what follows the first file of a day", () => {
  assert.equal(fileNameOf("errors", "2024-01-15"), "errors_2024-01-15.jsonl");
  assert.equal(fileNameOf("agent_activity", "2024-01-15", 12), "agent_activity_2024-01-15.12.jsonl");
});

Deno.test("isLogFile() knows what it named itself, in that day's folder alone", () => {
  const cases: [string, boolean][] = [
    ["errors_2024-01-15.jsonl", true],
    ["message_audit_2024-01-15.3.jsonl", true],
    ["message_audit_2024-01-16.jsonl", false],
    ["message_audit_2024-01-15.03.jsonl", false],
    ["message_audit_2024-01-15.0.jsonl", false],
    ["mine_2024-01-15.jsonl", false],
    ["errors_2024-01-15.jsonl.gz", false],
    ["xerrors_2024-01-15.jsonl", false],
    ["errors_2024-01-15.jsonl\n", false],
  ];
  for (const [name, expected] of cases) assert.equal(isLogFile(name, "2024-01-15"), expected, name);
});

Deno.test("isDay() takes real days alone", () => {
  const cases: [string, boolean][] = [
    ["2024-02-29", true],
    ["2023-02-29", false],
    ["2024-13-01", false],
    ["2024-1-1", false],
    ["2024-01-15x", false],
    ["..", false],
  ];
  for (const [name, expected] of cases) assert.equal(isDay(name), expected, name);
});

Deno.test("dayOf() and firstKeptDay() count days of UTC", () => {
  const justBefore = Date.parse("2024-03-01T00:00:00Z") - 1;
  assert.equal(dayOf(justBefore), "2024-02-29");
  assert.equal(dayOf(justBefore + 1), "2024-03-01");
  assert.equal(firstKeptDay(justBefore, 0), "2024-02-29");
  assert.equal(firstKeptDay(justBefore, 30), "2024-01-30");
  assert.equal(firstKeptDay(0, 36_500), "1970-01-01");
});
