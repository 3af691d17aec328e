import assert from "node:assert/strict";
import { codeOf, sentenceOf } from "./ending.ts";

type Ended = Parameters<typeof codeOf>[0];
const ended = (fields: Partial<Ended>): Ended => ({
  status: "failed",
  exit_code: null,
  signal: null,
  code: null,
  error_message: null,
  ...fields,
});

const CASES: [string, Partial<Ended>, number][] = [
  ["a program that succeeded", { status: "succeeded", exit_code: 0 }, 0],
  ["a function that succeeded", { status: "succeeded" }, 0],
  ["a program's own code", { exit_code: 3 }, 3],
  ["a code of another system", { exit_code: 256 }, 1],
  ["a code below 0", { exit_code: -1 }, 1],
  ["SIGKILL", { signal: "SIGKILL", exit_code: 137 }, 137],
  ["SIGTERM", { signal: "SIGTERM" }, 143],
  ["a signal we do not know", { signal: "SIGODD" }, 1],
  ["a time limit", { status: "timed_out", signal: "SIGKILL", code: "timeout" }, 124],
  ["what the owner does not allow", { code: "forbidden", exit_code: -1 }, 5],
  ["a function that does not take its input", { code: "invalid_message", exit_code: 1 }, 2],
  ["a person who denied it", { status: "cancelled", code: "forbidden" }, 5],
  ["an approval that expired", { code: "timeout" }, 124],
  ["somebody who cancelled it", { status: "cancelled", code: "cancelled", signal: "SIGTERM" }, 1],
  ["an agent that is gone", { code: "agent_offline" }, 4],
  ["nothing that is known", {}, 1],
];

for (const [what, fields, code] of CASES) {
  Deno.test(`codeOf() gives ${code} for ${what}`, () => assert.equal(codeOf(ended(fields)), code));
}

Deno.test("sentenceOf() is silent where the program itself has spoken", () => {
  assert.equal(sentenceOf(ended({ status: "succeeded", exit_code: 0 })), undefined);
  assert.equal(sentenceOf(ended({ exit_code: 3, error_message: "The program ended with 3." })), undefined);
});

Deno.test("sentenceOf() says what else ended it", () => {
  assert.equal(sentenceOf(ended({ error_message: "Not allowed." })), "Not allowed.");
  assert.match(sentenceOf(ended({ signal: "SIGKILL" }))!, /SIGKILL/);
  assert.match(sentenceOf(ended({ status: "timed_out" }))!, /timed out/);
});
