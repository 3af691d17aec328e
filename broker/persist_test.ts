import assert from "node:assert/strict";
import { logOf } from "../shared/log.ts";
import { persist } from "./persist.ts";

Deno.test("persist() tries again after an end and after a failure, and stops when aborted", async () => {
  const abort = new AbortController();
  let attempts = 0;
  await persist((succeeded) => {
    attempts++;
    if (attempts === 1) return Promise.reject(new Error("Nobody answers."));
    succeeded();
    if (attempts === 3) abort.abort();
    return Promise.resolve();
  }, { signal: abort.signal, log: logOf("test"), what: "nobody" });
  assert.equal(attempts, 3);
});
