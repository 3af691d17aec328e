/** The broker's process: what it prints, what it refuses, and how it ends. */
import assert from "node:assert/strict";
import project from "../deno.json" with { type: "json" };
import { WORTH_TELLING } from "../shared/pause.ts";
import { freePort } from "../shared/testing/free_port.ts";
import { outcomeOf, startTask } from "../shared/testing/task_process.ts";
import { eachLine } from "../tools/start/lines.ts";

function start(args: string[], env: Record<string, string> = {}): Deno.ChildProcess {
  return startTask("start:broker", args, { GRPC_PORT: freePort(), LOG_FORMAT: "pretty", ...env });
}

Deno.test("the broker's --help and --version answer and end with 0", async () => {
  const help = await outcomeOf(start(["--help"]));
  assert.equal(help.code, 0, help.err);
  assert.match(help.out, /--strategy <name>.*ROUTING_STRATEGY/);
  const version = await outcomeOf(start(["--version"]));
  assert.deepEqual([version.code, version.out.trim()], [0, project.version]);
});

const CANNOT_START: [name: string, args: string[], env: Record<string, string>, said: RegExp][] = [
  ["a bad variable", [], { ROUTING_STRATEGY: "best" }, /ROUTING_STRATEGY: given was "best"\. .*least-loaded/],
  ["a bad value of an option", ["--strategy", "best"], {}, /--strategy.*best.*least-loaded/],
  ["an unknown option", ["--colour"], {}, /unknown option '--colour'\nTry --help\./],
  ["an argument", ["quickly"], {}, /too many arguments.*\nTry --help\./],
  ["a bus nobody knows", [], { BUS_URL: "carrier-pigeon:" }, /BUS_URL: .*"carrier-pigeon:"/],
];

for (const [name, args, env, said] of CANNOT_START) {
  Deno.test(`the broker ends with 2 and a sentence that names what to change when given ${name}`, async () => {
    const { code, err } = await outcomeOf(start(args, env));
    assert.equal(code, 2, err);
    assert.match(err, said);
    assert.doesNotMatch(err, /^ {4}at /m);
  });
}

Deno.test("the broker is quiet while its server may be starting, tells when that lasts, and ends with 0 on SIGTERM", async () => {
  const process = start([], { LOG_LEVEL: "debug", NO_COLOR: "1" });
  const lines: string[] = [];
  const told = Promise.withResolvers<void>();
  const reading = [process.stdout, process.stderr].map((stream) =>
    eachLine(stream, (line) => {
      if (line.includes("No connection to the server")) lines.push(line);
      if (line.includes("[warning]")) told.resolve();
    })
  );
  await Promise.race([told.promise, process.status]);
  process.kill("SIGTERM");
  const [{ code }] = await Promise.all([process.status, ...reading]);
  assert.equal(code, 0, lines.join("\n"));
  const levels = lines.map((line) => /\[(\w+)\]/.exec(line)?.[1]);
  const expected = [...Array(WORTH_TELLING - 1).fill("debug"), "warning"];
  assert.deepEqual(levels.slice(0, WORTH_TELLING), expected);
});
