import { strict as assert } from "node:assert";
import { ParleyError } from "../../shared/error.ts";
import { MOST_DESCRIPTION_BYTES, MOST_OUTPUT_BYTES } from "../../shared/model/command.ts";
import { eventOf, outcomeOf, type RawResult, unfitness } from "./outcome.ts";
import { SUCCESS } from "./testing/record.ts";
import type { CommandOutcome } from "./transition.ts";

const FAILURE: RawResult = { ...SUCCESS, success: false, exit_code: 0, output: "" };

const CASES: [what: string, raw: RawResult, expected: Partial<CommandOutcome>][] = [
  ["the first seven fields alone: success", SUCCESS, { status: "succeeded", exit_code: 0, output: "done" }],
  ["the first seven fields alone: failure", { ...FAILURE, exit_code: 2, error_message: "No." }, {
    status: "failed",
    exit_code: 2,
    code: null,
    error_message: "No.",
  }],
  ["a status counts before success", { ...SUCCESS, status: "cancelled" }, {
    status: "cancelled",
    code: "cancelled",
    exit_code: null,
  }],
  ["a time that ran out has its code", { ...FAILURE, status: "timed_out", signal: "SIGKILL" }, {
    code: "timeout",
    signal: "SIGKILL",
    exit_code: null,
  }],
  ["a code that nobody knows is none", { ...FAILURE, code: "oops" }, { code: null }],
  ["a success has no code", { ...SUCCESS, code: "internal" }, { code: null }],
  ["figures that are none", { ...SUCCESS, execution_time_ms: -5, truncated_bytes: NaN }, {
    execution_time_ms: 0,
    truncated_bytes: 0,
  }],
  ["what its agent cut counts", { ...SUCCESS, truncated_bytes: 7 }, { truncated_bytes: 7 }],
];

for (const [what, raw, expected] of CASES) {
  Deno.test(`outcomeOf(): ${what}`, () => assert.partialDeepStrictEqual(outcomeOf(raw), expected));
}

Deno.test("outcomeOf() cuts more than 1 MiB of output in the middle, and says so", () => {
  const output = `first${"é".repeat(1_000_000)}last`;
  const cut = outcomeOf({ ...SUCCESS, output, truncated_bytes: 5 });
  assert.match(cut.output, /^firsté+\n… \d+ bytes were cut out here …\né+last$/);
  const bytes = new TextEncoder().encode(cut.output).length;
  assert.ok(bytes <= MOST_OUTPUT_BYTES && bytes > MOST_OUTPUT_BYTES - 200);
  assert.equal(cut.truncated_bytes, 5 + Number(/(\d+) bytes/.exec(cut.output)![1]));
});

Deno.test("outcomeOf() takes what was printed for the output where the result brings none", () => {
  const printed = { type: "shell", started_at: null, output: "so far", truncated_bytes: 3 };
  assert.partialDeepStrictEqual(outcomeOf(FAILURE, printed), { output: "so far", truncated_bytes: 3 });
  assert.partialDeepStrictEqual(outcomeOf(SUCCESS, printed), { output: "done", truncated_bytes: 0 });
});

const BEGUN = { type: "script", started_at: "2026-01-01T00:00:00.000Z", output: "", truncated_bytes: 0 };
const EARLY: RawResult = { ...FAILURE, status: "timed_out" };
const EXIT_CODES: [what: string, raw: RawResult, standing: typeof BEGUN, code: number | null][] = [
  ["a program that was ended early, and itself ended with 0", EARLY, BEGUN, 0],
  ["one that was cancelled", { ...EARLY, status: "cancelled" }, BEGUN, 0],
  ["one that a signal ended", { ...EARLY, signal: "SIGKILL" }, BEGUN, null],
  ["one that failed", { ...EARLY, status: "failed" }, BEGUN, null],
  ["an agent's own function", EARLY, { ...BEGUN, type: "rotate-logs" }, null],
  ["one that had not begun", EARLY, { ...BEGUN, started_at: null as never }, null],
  ["one with a code of its own", { ...EARLY, exit_code: 143, signal: "SIGTERM" }, BEGUN, 143],
];

for (const [what, raw, standing, code] of EXIT_CODES) {
  Deno.test(`outcomeOf() gives ${code ?? "no code"} for ${what}`, () => {
    assert.equal(outcomeOf(raw, standing).exit_code, code);
  });
}

Deno.test("what is to be approved is never cut: what is longer than can be shown cannot be approved", () => {
  const asking = (description: string) =>
    ({ kind: "approval_needed", digest: "d", description, expiresInS: 5 }) as const;
  const longest = "é".repeat(MOST_DESCRIPTION_BYTES / 2);
  assert.equal(unfitness(asking(longest)), undefined);
  assert.partialDeepStrictEqual(eventOf(asking(longest)), { description: longest });
  assert.match(unfitness(asking(`${longest}a`)) ?? "", /8193 bytes/);
  assert.equal(unfitness({ kind: "started", description: `${longest}a` }), undefined);
});

Deno.test("a status that is none, and a digest that is none, are refused with the field's name", () => {
  const names = (field: string) => (error: unknown) =>
    error instanceof ParleyError && error.code === "invalid_message" && error.message.includes(`'${field}'`);
  assert.throws(() => outcomeOf({ ...SUCCESS, status: "done" }), names("status"));
  for (const digest of ["", "x".repeat(201)]) {
    const needed = { kind: "approval_needed", digest, description: "", expiresInS: 5 } as const;
    assert.throws(() => eventOf(needed), names("digest"));
  }
});
