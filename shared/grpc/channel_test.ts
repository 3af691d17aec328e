import { Buffer } from "node:buffer";
import { strict as assert } from "node:assert";
import { Client, type sendUnaryData, Server, ServerCredentials, type ServiceDefinition } from "@grpc/grpc-js";
import { ParleyError } from "../error.ts";
import { CHANNEL_OPTIONS, dialCredentials, SERVER_OPTIONS, unary } from "./channel.ts";
import { toServiceError } from "./status.ts";

const raw = (bytes: Uint8Array) => Buffer.from(bytes);
const METHOD = {
  path: "/test.Echo/Say",
  requestStream: false,
  responseStream: false,
  requestSerialize: raw,
  requestDeserialize: raw,
  responseSerialize: raw,
  responseDeserialize: raw,
} as const;

async function startServer(answer: (text: string) => Promise<Uint8Array>) {
  const server = new Server(SERVER_OPTIONS);
  server.addService({ say: METHOD } as ServiceDefinition, {
    say: (call: { request: Uint8Array }, done: sendUnaryData<Uint8Array>) =>
      answer(new TextDecoder().decode(call.request)).then(
        (value) => done(null, value),
        (error) => done(toServiceError(error)),
      ),
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(
      "127.0.0.1:0",
      ServerCredentials.createInsecure(),
      (error, port) => error ? reject(error) : resolve(port),
    )
  );
  const client = new Client(`127.0.0.1:${port}`, dialCredentials(), CHANNEL_OPTIONS);
  const say = (text: string, options?: Parameters<typeof unary>[1]) =>
    unary<Uint8Array>((metadata, callOptions, done) =>
      client.makeUnaryRequest(
        METHOD.path,
        raw,
        raw,
        new TextEncoder().encode(text),
        metadata,
        callOptions,
        (error, value) => done(error, value as Uint8Array),
      ), options);
  return {
    say,
    [Symbol.dispose]() {
      client.close();
      server.forceShutdown();
    },
  };
}

const codeIs = (code: string) => (error: unknown) => error instanceof ParleyError && error.code === code;

Deno.test("unary() resolves with the answer, 2 MiB included, and rejects with the server's own code", async () => {
  using server = await startServer((text) =>
    text === "big"
      ? Promise.resolve(new Uint8Array(2 * 1024 * 1024))
      : Promise.reject(new ParleyError("agent_offline", "Ada is offline."))
  );
  assert.equal((await server.say("big")).length, 2 * 1024 * 1024);
  await assert.rejects(server.say("else"), codeIs("agent_offline"));
});

Deno.test("unary() ends with timeout at its deadline and with cancelled when its signal aborts", async () => {
  const asked = Promise.withResolvers<void>();
  using server = await startServer(() => {
    asked.resolve();
    return new Promise(() => {});
  });
  await assert.rejects(server.say("x", { timeoutMs: 30 }), codeIs("timeout"));
  const controller = new AbortController();
  const call = server.say("x", { signal: controller.signal });
  await asked.promise;
  controller.abort();
  await assert.rejects(call, codeIs("cancelled"));
  await assert.rejects(server.say("x", { signal: controller.signal }), codeIs("cancelled"));
});
