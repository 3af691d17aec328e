import assert from "node:assert/strict";
import { type ModelService, reasonIn, toParleyError } from "./model_failure.ts";

const service: ModelService = {
  name: "Mistral",
  url: "https://api.mistral.ai",
  model: "tiny",
  variables: { key: "THE_KEY", url: "THE_URL", model: "THE_MODEL" },
};

Deno.test("toParleyError() never shows what a service says about the key", () => {
  const reason = "Incorrect API key provided: sk-1234";
  const { code, message } = toParleyError({ kind: "refused", status: 401, reason }, service);
  assert.equal(code, "unauthenticated");
  assert.match(message, /THE_KEY/);
  assert.doesNotMatch(message, /sk-1234/);
});

Deno.test("reasonIn() finds the sentence in every form that services use", () => {
  const cases: [unknown, string][] = [
    [{ error: { message: "Too long." } }, "Too long."],
    [{ message: "Too long." }, "Too long."],
    [{ error: "Too long." }, "Too long."],
    [{ detail: "Too long." }, "Too long."],
    [{ detail: [{ loc: ["body"], msg: "Too long." }] }, "Too long."],
    [{ object: "error", message: { detail: [{ msg: "Too long." }] } }, "Too long."],
    ["Too long.", "Too long."],
    [{ detail: [] }, ""],
    [{}, ""],
    [undefined, ""],
    [null, ""],
    [17, ""],
  ];
  for (const [body, expected] of cases) assert.equal(reasonIn(body), expected, JSON.stringify(body));
});

Deno.test("reasonIn() shortens what is long", () => {
  assert.equal(reasonIn({ message: "x".repeat(1000) }).length, 300);
});
