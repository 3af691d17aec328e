import assert from "node:assert/strict";
import { ERROR_CODES } from "../shared/error.ts";
import { EXIT, EXIT_CODES_HELP, exitCodeOf } from "./exit_code.ts";

const CASES: [number, string][] = [
  [2, "invalid_json invalid_message too_large"],
  [3, "not_found"],
  [4, "unavailable agent_offline no_agent_available rate_limited"],
  [5, "forbidden unauthenticated not_registered"],
  [124, "timeout"],
  [1, "internal conflict cancelled unsupported_type"],
];

for (const [exit, codes] of CASES) {
  Deno.test(`exitCodeOf() gives ${exit} for ${codes}`, () => {
    const given = codes.split(" ").map((code) => exitCodeOf(code as typeof ERROR_CODES[number]));
    assert.deepEqual(new Set(given), new Set([exit]));
  });
}

Deno.test("every error has an exit code other than 0, and the help explains every exit code", () => {
  const listed = CASES.flatMap(([, codes]) => codes.split(" "));
  assert.deepEqual(listed.toSorted(), ERROR_CODES.toSorted());
  for (const code of Object.values(EXIT)) {
    assert.match(EXIT_CODES_HELP, new RegExp(`^  ${code} `, "m"));
  }
});

Deno.test("the README has every exit code", async () => {
  const readme = await Deno.readTextFile(new URL("../README.md", import.meta.url));
  const table = readme.slice(readme.indexOf("| exit code |"));
  const listed = [...table.slice(0, table.indexOf("\n\n")).matchAll(/\d+(?= [/|])/g)].map(([code]) =>
    Number(code)
  );
  assert.deepEqual(listed, Object.values(EXIT));
});
