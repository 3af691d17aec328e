/** What every chat model must do, tried against a real HTTP server with scripted faults. */
import assert from "node:assert/strict";
import { type ErrorCode, ParleyError } from "../../../shared/error.ts";
import type { ChatModel, Turn } from "../model.ts";
import type { StreamOptions } from "../model_stream.ts";
import { ModelServer, nowhere, type Step } from "./model_server.ts";

/** Opens the model under test against the server at `url` (without `/v1`). */
export type Open = (url: string, options: StreamOptions) => Promise<ChatModel>;

const turns: Turn[] = [{ role: "system", text: "Be brief." }, { role: "user", text: "Who are you?" }];
const answer: Step = { kind: "answer", pieces: ["I am ", "a model", "."] };
const retry = { firstDelayMs: 1, maxDelayMs: 2 };
/** Silence long enough that a machine which stands still for a moment is not taken for it. */
const SILENCE_MS = 1_000;
const never = new AbortController().signal;

async function read(model: ChatModel, signal: AbortSignal = never, pieces: string[] = []): Promise<string[]> {
  for await (const piece of model.stream(turns, signal)) pieces.push(piece);
  return pieces;
}

function failsWith(code: ErrorCode, ...words: RegExp[]) {
  return (error: Error) => {
    assert.ok(error instanceof ParleyError, String(error));
    assert.equal(error.code, code, error.message);
    for (const word of words) assert.match(error.message, word);
    return true;
  };
}

/** Runs the suite; `variables` are those that its sentences must name. */
export function testChatModel(
  name: string,
  { open, variables }: { open: Open; variables: { key: RegExp; url: RegExp; model: RegExp } },
): void {
  const test = (what: string, body: () => Promise<void>) => Deno.test(`${name} ${what}`, body);

  test("streams the answer to the whole conversation", async () => {
    await using server = new ModelServer(answer);
    assert.deepEqual(await read(await open(server.url, {})), ["I am ", "a model", "."]);
    const { body } = server.asked[0]!;
    assert.equal(body.stream, true);
    assert.deepEqual(body.messages, [{ role: "system", content: "Be brief." }, {
      role: "user",
      content: "Who are you?",
    }]);
  });

  test("answers several conversations at once", async () => {
    await using server = new ModelServer(answer);
    const model = await open(server.url, {});
    const answers = await Promise.all(Array.from({ length: 5 }, () => read(model)));
    for (const pieces of answers) assert.equal(pieces.join(""), "I am a model.");
  });

  for (const status of [408, 429, 500, 502, 503, 504]) {
    test(`asks again after ${status}`, async () => {
      await using server = new ModelServer({ kind: "refuse", status }, { kind: "refuse", status }, answer);
      assert.equal((await read(await open(server.url, { retry }))).join(""), "I am a model.");
      assert.equal(server.asked.length, 3);
    });
  }

  test("waits as long as Retry-After says", async () => {
    await using server = new ModelServer(
      { kind: "refuse", status: 429, headers: { "retry-after": "1" } },
      answer,
    );
    const begun = performance.now();
    await read(await open(server.url, { retry }));
    assert.ok(performance.now() - begun >= 990);
  });

  test("says when to come back when Retry-After is longer than a person waits", async () => {
    await using server = new ModelServer({ kind: "refuse", status: 429, headers: { "retry-after": "900" } });
    await assert.rejects(
      async () => read(await open(server.url, { retry })),
      failsWith("rate_limited", /900 seconds/),
    );
    assert.equal(server.asked.length, 1);
  });

  test("gives up after the attempts it has", async () => {
    await using server = new ModelServer({ kind: "refuse", status: 503 });
    await assert.rejects(
      async () => read(await open(server.url, { retry })),
      failsWith("unavailable", /503/),
    );
    assert.equal(server.asked.length, 4);
  });

  const refusals: [number, ErrorCode, RegExp[]][] = [
    [400, "invalid_message", [variables.model, /too many tokens/]],
    [401, "unauthenticated", [variables.key]],
    [402, "forbidden", [variables.key]],
    [403, "forbidden", [variables.key, variables.model]],
    [404, "not_found", [variables.model, variables.url]],
    [413, "too_large", [/too long/]],
    [422, "invalid_message", [/too many tokens/]],
  ];
  for (const [status, code, words] of refusals) {
    test(`says what to check after ${status}, and does not ask again`, async () => {
      const body = status === 422 ? { detail: [{ loc: ["body"], msg: "too many tokens", type: "x" }] } : {
        error: { message: "too many tokens", type: "x" },
      };
      await using server = new ModelServer({ kind: "refuse", status, body });
      await assert.rejects(async () => read(await open(server.url, { retry })), failsWith(code, ...words));
      assert.equal(server.asked.length, 1);
    });
  }

  test("asks again when nobody answers, then says what to check", async () => {
    const model = await open(nowhere(), { retry });
    await assert.rejects(() => read(model), failsWith("unavailable", variables.url));
  });

  test("asks again after silence, before the headers and before the first piece", async () => {
    const mute: Step = { kind: "answer", pieces: [], end: "silent" };
    await using server = new ModelServer({ kind: "silence" }, mute, answer);
    const model = await open(server.url, { retry, silenceMs: SILENCE_MS });
    assert.equal((await read(model)).join(""), "I am a model.");
    await server.abandoned;
    assert.equal(server.asked.length, 3);
  });

  test("says so when the silence does not end", async () => {
    await using server = new ModelServer({ kind: "silence" });
    const model = await open(server.url, { retry: { ...retry, attempts: 2 }, silenceMs: 50 });
    await assert.rejects(() => read(model), failsWith("timeout", /sent nothing for 1 second/));
  });

  test("asks again after an empty answer, then says so", async () => {
    await using server = new ModelServer({ kind: "answer", pieces: [] });
    await assert.rejects(
      async () => read(await open(server.url, { retry })),
      failsWith("unavailable", /empty/),
    );
    assert.equal(server.asked.length, 4);
  });

  for (const end of ["cut", "unfinished", "silent"] as const) {
    test(`throws after what was written when the stream ends halfway (${end})`, async () => {
      await using server = new ModelServer({ kind: "answer", pieces: ["I am ", "a mo"], end });
      const model = await open(server.url, end === "silent" ? { retry, silenceMs: SILENCE_MS } : { retry });
      const pieces: string[] = [];
      const code = end === "silent" ? "timeout" : "unavailable";
      await assert.rejects(() => read(model, never, pieces), failsWith(code));
      assert.deepEqual(pieces, ["I am ", "a mo"]);
      assert.equal(server.asked.length, 1);
    });
  }

  test("throws when what comes is no answer", async () => {
    await using server = new ModelServer({ kind: "raw", text: "data: {not json\n\n" });
    await assert.rejects(
      async () => read(await open(server.url, { retry })),
      failsWith("unavailable", /broke off/),
    );
  });

  test("ends the request when it is stopped while writing", async () => {
    await using server = new ModelServer({ kind: "answer", pieces: ["I am "], end: "silent" });
    const stop = new AbortController();
    const model = await open(server.url, { retry });
    await assert.rejects(async () => {
      for await (const _piece of model.stream(turns, stop.signal)) stop.abort();
    }, failsWith("cancelled"));
    await server.abandoned;
  });

  test("ends the request when its reader has read enough", async () => {
    await using server = new ModelServer({ kind: "answer", pieces: ["I am "], end: "silent" });
    for await (const _piece of (await open(server.url, {})).stream(turns, never)) break;
    await server.abandoned;
  });

  test("asks nothing when it was stopped before", async () => {
    await using server = new ModelServer(answer);
    const model = await open(server.url, { retry });
    await assert.rejects(() => read(model, AbortSignal.abort()), failsWith("cancelled"));
    assert.equal(server.asked.length, 0);
  });
}
