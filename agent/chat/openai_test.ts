import assert from "node:assert/strict";
import { openOpenAi } from "./openai.ts";
import { ModelServer } from "./testing/model_server.ts";
import { testChatModel } from "./testing/model_suite.ts";

const turns = [{ role: "user" as const, text: "Hello" }];
const never = new AbortController().signal;

testChatModel("openOpenAi()", {
  open: (url, options) => openOpenAi({ baseUrl: `${url}/v1`, model: "local-model", ...options }),
  variables: { key: /OPENAI_API_KEY/, url: /OPENAI_BASE_URL/, model: /OPENAI_MODEL/ },
});

Deno.test("openOpenAi() asks the first model that the server lists when none is named, and finds it once", async () => {
  await using server = new ModelServer({ kind: "answer", pieces: ["Hi"] });
  server.models = ["llama", "mixtral"];
  const model = await openOpenAi({ baseUrl: `${server.url}/v1` });
  assert.deepEqual(await Array.fromAsync(model.stream(turns, never)), ["Hi"]);
  server.models = [];
  assert.deepEqual(await Array.fromAsync(model.stream(turns, never)), ["Hi"]);
  assert.deepEqual(server.asked.map(({ body }) => body.model), ["llama", "llama"]);
});

Deno.test("openOpenAi() says which variable to set when the server lists no models", async () => {
  await using server = new ModelServer({ kind: "answer", pieces: ["Hi"] });
  server.models = [];
  const model = await openOpenAi({ baseUrl: `${server.url}/v1` });
  await assert.rejects(() => Array.fromAsync(model.stream(turns, never)), /OPENAI_MODEL/);
});

Deno.test("openOpenAi() sends the key where there is one", async () => {
  await using server = new ModelServer({ kind: "answer", pieces: ["Hi"] });
  const model = await openOpenAi({ baseUrl: `${server.url}/v1`, apiKey: "secret", model: "m" });
  await Array.fromAsync(model.stream(turns, never));
  assert.equal(server.asked[0]?.authorization, "Bearer secret");
});

Deno.test("openOpenAi() treats an error inside the stream as a broken answer", async () => {
  await using server = new ModelServer({
    kind: "raw",
    text: `data: {"error":{"message":"out of memory"}}\n\n`,
  });
  const model = await openOpenAi({ baseUrl: `${server.url}/v1`, model: "m", retry: { attempts: 1 } });
  await assert.rejects(() => Array.fromAsync(model.stream(turns, never)), /broke off/);
});

Deno.test("openOpenAi() needs an address or a key", async () => {
  await assert.rejects(() => openOpenAi({}), /OPENAI_BASE_URL/);
});
