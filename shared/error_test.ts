import assert from "node:assert/strict";
import { isErrorCode, ParleyError, retryable } from "./error.ts";

Deno.test("ParleyError.from() keeps ours, and hides what anything else says", () => {
  const ours = new ParleyError("not_found", "No such agent.");
  assert.equal(ParleyError.from(ours), ours);
  const cause = new Error("password=hunter2");
  const wrapped = ParleyError.from(cause);
  assert.equal(wrapped.code, "internal");
  assert.equal(wrapped.cause, cause);
  assert.doesNotMatch(wrapped.message, /hunter2/);
});

Deno.test("ParleyError.from() reads an abort as cancelled", () => {
  const controller = new AbortController();
  controller.abort();
  assert.equal(ParleyError.from(controller.signal.reason).code, "cancelled");
});

Deno.test("retryable() says no to what only a change can mend", () => {
  for (
    const code of ["invalid_message", "forbidden", "not_found", "conflict", "too_large", "cancelled"] as const
  ) {
    assert.equal(retryable(code), false, code);
  }
  for (const code of ["unavailable", "timeout", "rate_limited", "internal"] as const) {
    assert.equal(retryable(code), true, code);
  }
});

Deno.test("isErrorCode() knows the closed set", () => {
  assert.equal(isErrorCode("timeout"), true);
  assert.equal(isErrorCode("teapot"), false);
  assert.equal(isErrorCode(undefined), false);
});
