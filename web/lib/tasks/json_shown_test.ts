import { expect } from "expect";
import { jsonText } from "./json_shown.ts";

Deno.test("JSON is shown indented, and nothing as nothing", () => {
  expect(jsonText({ a: [1] })).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(jsonText(undefined)).toBe("");
});

Deno.test("JSON that is long and deep is not made a hundred times as long by being indented", () => {
  const zeros = Array.from({ length: 100_000 }, () => 0);
  const nested = (levels: number) => Array.from({ length: levels }).reduce((inner) => [inner], zeros);
  expect(jsonText(nested(99)).length).toBe(200_001 + 2 * 99);
  expect(jsonText(nested(3)).split("\n").length).toBe(100_002 + 2 * 3);
});
