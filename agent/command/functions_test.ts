/** Functions that are commands: what they are given, and what becomes of what they give back. */
import { strict as assert } from "node:assert";
import { z } from "zod";
import { ParleyError } from "../../shared/error.ts";
import { Command } from "../../shared/grpc/gen/agent_registration.ts";
import { Agent } from "../agent.ts";
import { CommandFunctions, type CommandHandler } from "./functions.ts";

const rotate = z.object({ keep: z.number().int(), name: z.string().optional() });

async function call(
  handler: CommandHandler<z.infer<typeof rotate>>,
  command: Partial<Command>,
  cancelled: AbortSignal = new AbortController().signal,
) {
  const functions = new CommandFunctions();
  functions.add("rotate-logs", rotate, handler);
  const shown: string[] = [];
  const outcome = await functions.run(
    Command.fromPartial({ commandId: "cmd_1", type: "rotate-logs", ...command }),
    cancelled,
    (text) => shown.push(text),
  );
  return { ...outcome, shown };
}

const INPUTS: [command: Partial<Command>, input: unknown][] = [
  [{ content: '{"keep": 3}' }, { keep: 3 }],
  [{ content: '{"keep": 3}', parameters: { keep: "4" } }, { keep: 3 }],
  [{ parameters: { keep: "4", name: "a" } }, { keep: 4, name: "a" }],
];

for (const [command, input] of INPUTS) {
  Deno.test(`a function is given ${JSON.stringify(input)} for ${JSON.stringify(command)}`, async () => {
    const { output } = await call((given) => given, command);
    assert.deepEqual(JSON.parse(output), input);
  });
}

const FAULTS: [command: Partial<Command>, says: RegExp][] = [
  [{ content: "{keep: 3}" }, /has to be JSON/],
  [{ content: "3" }, /'rotate-logs' has faults: the input: /],
  [{ content: '{"keep": "3"}' }, /faults: keep: /],
  [{ parameters: { keep: "many" } }, /faults: keep: /],
  [{}, /faults: keep: /],
];

for (const [command, says] of FAULTS) {
  Deno.test(`a function is not called with ${JSON.stringify(command)}, and the fault is named`, async () => {
    const { status, code, message } = await call(() => assert.fail("It was called."), command);
    assert.deepEqual([status, code], ["failed", "invalid_message"]);
    assert.match(message!, says);
  });
}

const KEEP = { content: '{"keep": 3}' };

Deno.test("what a function shows and what it returns are its output, in this order", async () => {
  const { status, output, shown, exitCode } = await call((_, { output }) => {
    output("one ");
    output("two ");
    return { kept: 3 };
  }, KEEP);
  assert.deepEqual([status, output, shown, exitCode], [
    "succeeded",
    'one two {"kept":3}',
    ["one ", "two "],
    0,
  ]);
  assert.equal((await call(() => {}, KEEP)).output, "");
});

Deno.test("a throw is told as what it says only where it was made to be told", async () => {
  const secret = await call(() => Promise.reject(new Error("password is 123")), KEEP);
  assert.deepEqual([secret.status, secret.code], ["failed", "internal"]);
  assert.equal(
    secret.message,
    "The agent's function 'rotate-logs' failed. The agent's log has the details.",
  );
  const told = await call((_, { output }) => {
    output("so far");
    throw new ParleyError("not_found", "There are no logs.");
  }, KEEP);
  assert.deepEqual([told.code, told.message, told.output], ["not_found", "There are no logs.", "so far"]);
});

const whenAborted: CommandHandler<unknown> = (_, { signal }) =>
  new Promise((resolve) => signal.aborted ? resolve("x") : signal.addEventListener("abort", resolve));

Deno.test("cancelling and running out of time abort a function's signal, and are what became of it", async () => {
  const late = await call(whenAborted, { ...KEEP, timeoutS: 0.05 });
  assert.deepEqual([late.status, late.code], ["timed_out", "timeout"]);
  const cancelled = await call(whenAborted, KEEP, AbortSignal.abort());
  assert.deepEqual([cancelled.status, cancelled.code], ["cancelled", "cancelled"]);
});

Deno.test("a function that does not hear that it is to end keeps nobody waiting, and is told and counted as at work", async () => {
  const functions = new CommandFunctions();
  const goesOn = Promise.withResolvers<void>();
  functions.add("rotate-logs", rotate, () => goesOn.promise);
  const command = Command.fromPartial({ commandId: "cmd_1", type: "rotate-logs", ...KEEP });
  const { status, message } = await functions.run(command, AbortSignal.abort(), () => {});
  assert.equal(status, "cancelled");
  assert.match(message!, /was cancelled\. .* did not stop when it was asked to, and may still be at work\./);
  assert.equal(functions.strays, 1);
  goesOn.reject(new Error("Too late."));
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(functions.strays, 0);
  const heard = await call(whenAborted, KEEP, AbortSignal.abort());
  assert.equal(heard.message, "The command was cancelled.");
});

const cycle: unknown[] = [];
cycle.push(cycle);
for (const [what, value] of Object.entries({ cycle, bigint: { many: 1n } })) {
  Deno.test(`a function that returns what JSON cannot say (${what}) is told as that`, async () => {
    const { status, message, output } = await call((_, { output }) => (output("so far"), value), KEEP);
    assert.deepEqual([status, output], ["failed", "so far"]);
    assert.match(message!, /'rotate-logs' ended, but what it returned cannot be written as JSON/);
  });
}

for (const name of ["pause", "resume", "stop_reply", "shutdown", "shell", "Script", "python", "twice"]) {
  Deno.test(`no function can take the name ${name}`, () => {
    const agent = new Agent({ name: "Ada" }).onCommand("twice", rotate, () => {});
    assert.throws(
      () => agent.onCommand(name, rotate, () => {}),
      (error) => error instanceof ParleyError && error.code === "conflict",
    );
  });
}

Deno.test("a function's name is a word", () => {
  const agent = new Agent({ name: "Ada" });
  assert.throws(() => agent.onCommand("rotate logs", rotate, () => {}), /is no name of a command/);
});
