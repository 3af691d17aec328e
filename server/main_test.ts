/** The server's process: what it prints, what it refuses, and how it ends. */
import assert from "node:assert/strict";
import project from "../deno.json" with { type: "json" };
import { freePort } from "../shared/testing/free_port.ts";
import { outcomeOf, startTask } from "../shared/testing/task_process.ts";

function start(args: string[], env: Record<string, string> = {}): Deno.ChildProcess {
  return startTask("start:server", args, {
    PORT: freePort(),
    GRPC_PORT: freePort(),
    DATABASE_URL: "sqlite::memory:",
    BUS_URL: "sqlite::memory:",
    ...env,
  });
}

Deno.test("the server's --help and --version answer and end with 0", async () => {
  const help = await outcomeOf(start(["--help"]));
  assert.equal(help.code, 0);
  assert.match(help.out, /GRPC_PORT/);
  const version = await outcomeOf(start(["--version"]));
  assert.deepEqual([version.code, version.out.trim()], [0, project.version]);
});

Deno.test("the server ends with 2 and a sentence that names what to change", async (t) => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = String((taken.addr as Deno.NetAddr).port);
  const cases: [name: string, args: string[], env: Record<string, string>, said: RegExp][] = [
    ["PORT in use", [], { PORT: port }, new RegExp(`:${port}: .*in use.* set PORT `)],
    [
      "GRPC_PORT in use",
      [],
      { GRPC_PORT: port },
      new RegExp(`^gRPC cannot listen on [^ ]*:${port}: .*in use.* set GRPC_PORT `),
    ],
    ["a bad variable", [], { PORT: "many" }, /PORT: given was "many"/],
    ["a bus nobody knows", [], { BUS_URL: "carrier-pigeon:" }, /BUS_URL/],
    ["a store nobody knows", [], { DATABASE_URL: "clay:tablet" }, /DATABASE_URL/],
    [
      "a bind beyond this machine",
      [],
      { HOST: "0.0.0.0", PARLEY_ALLOW_INSECURE: "" },
      /PARLEY_ALLOW_INSECURE/,
    ],
    ["an argument", ["--colour"], {}, /--colour/],
  ];
  for (const [name, args, env, said] of cases) {
    await t.step(name, async () => {
      const { code, err } = await outcomeOf(start(args, env));
      assert.equal(code, 2, err);
      assert.match(err, said);
      assert.doesNotMatch(err, /^ {4}at /m);
    });
  }
});

Deno.test("what people choose to do with the queues is logged, and no error", async () => {
  const port = freePort();
  const process = start([], { PORT: port, LOG_FORMAT: "json" });
  const out = process.stdout.pipeThrough(new TextDecoderStream());
  let said = "";
  const until = async (words: string) => {
    for await (const text of out.values({ preventCancel: true })) {
      said += text;
      if (said.includes(words)) return;
    }
  };
  await until("Messages are delivered");
  const reset = await fetch(`http://127.0.0.1:${port}/api/queues/reset`, { method: "POST" });
  assert.equal(reset.status, 200, await reset.text());
  await until("reset all queues");
  const errors = await fetch(`http://127.0.0.1:${port}/api/errors`);
  assert.deepEqual(await errors.json(), { items: [], next_cursor: null });
  process.kill("SIGTERM");
  await Promise.all([process.status, Array.fromAsync(out), process.stderr.cancel()]);
});

Deno.test("the server goes on while RabbitMQ is away, says so, also on /api/errors, answers 503 on /readyz, and ends with 0 on SIGTERM", async () => {
  const port = freePort();
  const process = start([], { PORT: port, BUS_URL: "amqp://ada:hunter2@localhost:1" });
  let said = "";
  const telling = Promise.withResolvers<void>();
  const listen = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      said += text;
      if (said.includes("cannot be reached") && said.includes("Listening on")) telling.resolve();
    }
  };
  const listening = Promise.all([listen(process.stdout), listen(process.stderr)]);
  await Promise.race([telling.promise, listening]);
  const response = await fetch(`http://127.0.0.1:${port}/readyz`);
  assert.equal(response.status, 503);
  assert.match(await response.text(), /bus/);
  const { items } = await (await fetch(`http://127.0.0.1:${port}/api/errors`)).json();
  const warned = items.find(({ text }: { text: string }) => text.startsWith("The queues cannot be reached"));
  assert.deepEqual([warned?.what, warned?.id, warned?.code], ["server", null, null], JSON.stringify(items));
  assert.doesNotMatch(JSON.stringify(items), /hunter2/);
  process.kill("SIGTERM");
  const [{ code }] = await Promise.all([process.status, listening]);
  assert.equal(code, 0, said);
});
