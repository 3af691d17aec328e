import assert from "node:assert/strict";
import { ConfigError } from "../../shared/config.ts";
import { openMistral } from "./mistral.ts";
import { ModelServer } from "./testing/model_server.ts";
import { testChatModel } from "./testing/model_suite.ts";

const turns = [{ role: "user" as const, text: "Hello" }];
const never = new AbortController().signal;

testChatModel("openMistral()", {
  open: (baseUrl, options) => openMistral({ apiKey: "key", baseUrl, ...options }),
  variables: { key: /MISTRAL_API_KEY/, url: /MISTRAL_BASE_URL/, model: /MISTRAL_MODEL/ },
});

Deno.test("openMistral() asks the model it is told, with its key, whether or not the URL ends in /v1", async () => {
  await using server = new ModelServer({ kind: "answer", pieces: ["Hi"] });
  for (const baseUrl of [server.url, `${server.url}/v1`, `${server.url}/v1/`]) {
    const model = await openMistral({ apiKey: "secret", model: "mistral-large-latest", baseUrl });
    assert.deepEqual(await Array.fromAsync(model.stream(turns, never)), ["Hi"]);
  }
  for (const { authorization, body } of server.asked) {
    assert.equal(authorization, "Bearer secret");
    assert.equal(body.model, "mistral-large-latest");
  }
});

Deno.test("openMistral() uses mistral-small-latest when no model is named", async () => {
  await using server = new ModelServer({ kind: "answer", pieces: ["Hi"] });
  await Array.fromAsync((await openMistral({ apiKey: "key", baseUrl: server.url })).stream(turns, never));
  assert.equal(server.asked[0]?.body.model, "mistral-small-latest");
});

Deno.test("openMistral() shows the text of a reasoning model and keeps its thoughts back", async () => {
  const thinking = [{ type: "thinking", thinking: [{ type: "text", text: "Hmm." }] }];
  await using server = new ModelServer({
    kind: "answer",
    pieces: [thinking, [{ type: "text", text: "Hi" }], "!"],
  });
  const model = await openMistral({ apiKey: "key", baseUrl: server.url });
  assert.deepEqual(await Array.fromAsync(model.stream(turns, never)), ["Hi", "!"]);
});

Deno.test("openMistral() says that the key is missing", async () => {
  await assert.rejects(() => openMistral({ apiKey: undefined }), (error: Error) => {
    assert.ok(error instanceof ConfigError);
    assert.match(error.message, /MISTRAL_API_KEY/);
    return true;
  });
});
