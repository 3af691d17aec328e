import assert from "node:assert/strict";
import { ParleyError } from "../../shared/error.ts";
import { requestIn, saidIn } from "./spoken.ts";

const said = (fields: object, message_type = "TASK_RESPONSE") =>
  saidIn({ message_type, task_id: "task_a", ...fields });

const WORDS: [what: string, type: string, fields: object, word: object][] = [
  ["that it began", "TASK_RESPONSE", { status: "in_progress" }, { kind: "started" }],
  [
    "progress",
    "TASK_RESPONSE",
    { status: "IN_PROGRESS", progress: 0.25, note: "a" },
    { kind: "progressed", progress: 0.25, note: "a", partial: undefined },
  ],
  [
    "progress in the document's words",
    "TASK_RESPONSE",
    { status: "in_progress", completion_percentage: 75, progress_note: "b", result: [1] },
    { kind: "progressed", progress: 0.75, note: "b", partial: [1] },
  ],
  ["an end", "TASK_RESPONSE", { status: "completed", result: 0 }, { kind: "completed", result: 0 }],
  ["an end without a result", "TASK_RESPONSE", { status: "completed" }, { kind: "completed", result: null }],
  ["a failure", "TASK_RESPONSE", { status: "failed", error_message: "no" }, { kind: "failed", error: "no" }],
  [
    "a failure that may pass",
    "TASK_RESPONSE",
    { status: "failed", error_message: "no", code: "unavailable" },
    { kind: "failed", error: "no", code: "unavailable", isFinal: false },
  ],
  [
    "a failure that no other attempt mends",
    "TASK_RESPONSE",
    { status: "failed", error_message: "no", code: "invalid_message" },
    { kind: "failed", error: "no", code: "invalid_message", isFinal: true },
  ],
  [
    "that it takes no such tasks",
    "TASK_RESPONSE",
    { status: "failed", error_message: "no", code: "unsupported_type" },
    { kind: "returned", reason: "no" },
  ],
  [
    "an error report of the document's",
    "ERROR_REPORT",
    { content: { task_id: "task_a", error_type: "task_execution_failure", error_message: "no" } },
    { kind: "failed", error: "no" },
  ],
  ["a completion", "COMPLETION", { result: { a: 1 } }, { kind: "completed", result: { a: 1 } }],
  ["a completion in words", "COMPLETION", { text_payload: "done" }, { kind: "completed", result: "done" }],
];

for (const [what, type, fields, word] of WORDS) {
  Deno.test(`saidIn() reads ${what}`, () => assert.deepEqual(said(fields, type).word, word));
}

const ATTEMPTS: [what: string, fields: object, attempt: number | undefined][] = [
  ["as it is said", { attempt: 3, in_reply_to_message_id: "task_a:2" }, 3],
  ["in content", { content: { attempt: 4 } }, 4],
  ["from the assignment that is answered", { in_reply_to_message_id: "task_a:2" }, 2],
  ["from an id made of the assignment's", { message_id: "response-task_a:12" }, 12],
  ["from no other task's id", { message_id: "response-task_b:2" }, undefined],
  ["from no id that only looks so", { message_id: "task_a:2x" }, undefined],
  ["as unknown where nobody says it", {}, undefined],
];

for (const [what, fields, attempt] of ATTEMPTS) {
  Deno.test(`saidIn() takes the attempt ${what}`, () => {
    assert.equal(said({ status: "completed", ...fields }).attempt, attempt);
  });
}

const WRONG: [what: string, fields: object, names: RegExp][] = [
  ["a progress of 7", { status: "in_progress", progress: 7 }, /'progress': Allowed is 0 to 1/],
  ["a progress below 0", { status: "in_progress", progress: -0.1 }, /'progress'/],
  ["a progress that is a text", { status: "in_progress", progress: "half" }, /'progress'/],
  ["a percentage of 101", { status: "in_progress", completion_percentage: 101 }, /'completion_percentage'/],
  ["no status", {}, /'status': Allowed are/],
  ["a status that is none", { status: "perhaps" }, /'status': Allowed are/],
  ["no task", { task_id: null, status: "completed" }, /'task_id'/],
  ["a task that is a number", { task_id: 5, status: "completed" }, /'task_id'/],
  ["an attempt of 0", { attempt: 0, status: "completed" }, /'attempt'/],
  ["an error that is a list", { status: "failed", error_message: [] }, /'error_message'/],
];

for (const [what, fields, names] of WRONG) {
  Deno.test(`saidIn() refuses ${what}`, () => {
    assert.throws(() => said(fields), (thrown) => {
      assert.ok(thrown instanceof ParleyError);
      assert.equal(thrown.code, "invalid_message");
      assert.match(thrown.message, names);
      return true;
    });
  });
}

Deno.test("saidIn() keeps so much of a long error", () => {
  const { word } = said({ status: "failed", error_message: "x".repeat(50_000) });
  assert.equal(word.kind === "failed" && word.error.length, 10_000);
});

Deno.test("requestIn() takes fields at the top before those in content, and a text for the description", () => {
  const content = { task_type: "carve", priority: "high", parameters: { a: 1 } };
  const { task_type, priority, parameters, description } = requestIn({
    content,
    task_type: "paint",
    text_payload: "a statue",
  });
  assert.deepEqual({ task_type, priority, parameters, description }, {
    task_type: "paint",
    priority: 2,
    parameters: { a: 1 },
    description: "a statue",
  });
});
