import assert from "node:assert/strict";
import { logOf } from "../shared/log.ts";
import { pauseMs, persist } from "./persist.ts";

Deno.test("pauseMs() grows and is bounded", () => {
  const full = () => 1;
  assert.deepEqual([1, 2, 3, 4, 50].map((failures) => pauseMs(failures, full)), [100, 200, 400, 800, 2_000]);
  assert.equal(pauseMs(1, () => 0), 50);
});

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
