import assert from "node:assert/strict";
import { ParleyError } from "../../shared/error.ts";
import { ModelFailure, type ModelService } from "./model_failure.ts";
import { type Ask, createChatModel } from "./model_stream.ts";

const service: ModelService = {
  name: "The model",
  url: "http://localhost",
  model: "m",
  variables: { key: "KEY", url: "URL", model: "MODEL" },
};
const never = new AbortController().signal;

Deno.test("stream() ends a pause when it is stopped in one", async () => {
  const stop = new AbortController();
  const ask: Ask = () => {
    queueMicrotask(() => stop.abort());
    const failure = { kind: "refused", status: 429, reason: "", retryAfterMs: 50_000 } as const;
    return Promise.reject(new ModelFailure(failure));
  };
  const reading = Array.fromAsync(createChatModel(ask, service).stream([], stop.signal));
  await assert.rejects(reading, (error) => error instanceof ParleyError && error.code === "cancelled");
});

Deno.test("stream() does not count a slow reader as silence", async () => {
  const ask: Ask = () =>
    Promise.resolve((async function* () {
      yield { text: "one", finished: false };
      yield { text: "two", finished: true };
    })());
  const read: string[] = [];
  for await (const text of createChatModel(ask, service, { silenceMs: 5 }).stream([], never)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    read.push(text);
  }
  assert.deepEqual(read, ["one", "two"]);
});

Deno.test("stream() keeps the cause of what it throws for the log", async () => {
  const cause = new TypeError("What the client threw.");
  const ask: Ask = () => Promise.reject(new ModelFailure({ kind: "unreachable" }, { cause }));
  const model = createChatModel(ask, service, { retry: { attempts: 1 } });
  await assert.rejects(() => Array.fromAsync(model.stream([], never)), (error: Error) => {
    assert.equal((error.cause as Error).cause, cause);
    return true;
  });
});
