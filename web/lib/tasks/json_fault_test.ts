/** Where a text stops being JSON; held against the browser's own reader. */
import { expect } from "expect";
import fc from "fast-check";
import { jsonFault } from "./json_fault.ts";

Deno.test("the first fault has its line and its character", () => {
  const cases: [text: string, what: string, line: number, column: number][] = [
    ["", "early", 1, 1],
    ["{", "early", 1, 2],
    ['{\n  "a": 1,\n  b: 2\n}', "json", 3, 3],
    ['{"a" 1}', "json", 1, 6],
    ['{"a":1,}', "json", 1, 8],
    ["[1,]", "json", 1, 4],
    ["[1 2]", "json", 1, 4],
    ["[1}", "json", 1, 3],
    ['{"a":1]', "json", 1, 7],
    ["1 2", "json", 1, 3],
    ["'a'", "json", 1, 1],
    ['"a\nb"', "json", 1, 1],
    ["01", "json", 1, 2],
    ["[1,\r\n NaN]", "json", 2, 2],
    ['{"a":\n[1,\n12345678901234567890]}', "exact", 3, 1],
    ["1e999", "exact", 1, 1],
    ['{"a":[{"b":"c"}\n\n', "early", 1, 16],
  ];
  for (const [text, what, line, column] of cases) {
    expect([text, jsonFault(text)]).toEqual([text, { what, line, column }]);
  }
});

Deno.test("what is JSON has no fault", () => {
  fc.assert(fc.property(fc.json(), (text) => {
    const fault = jsonFault(text);
    return fault === undefined || fault.what === "exact";
  }));
});

Deno.test("what the browser does not read has a fault, and what it reads has none", () => {
  const text = fc.array(
    fc.constantFrom("{", "}", "[", "]", ",", ":", '"a"', '"', "1", "-", "true", " ", "\n"),
  )
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, (text) => {
      let isRead = true;
      try {
        JSON.parse(text);
      } catch {
        isRead = false;
      }
      return (jsonFault(text) === undefined) === isRead;
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("a text of a million characters that is no JSON is judged at once", () => {
  const begun = performance.now();
  for (const text of ['"' + "a".repeat(1_000_000), '"' + "\\n".repeat(500_000), "[".repeat(1_000_000)]) {
    expect(jsonFault(text)).toBeDefined();
  }
  expect(performance.now() - begun).toBeLessThan(5_000);
});
