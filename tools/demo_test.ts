import assert from "node:assert/strict";
import project from "../deno.json" with { type: "json" };

const ROOT = new URL("..", import.meta.url);

async function runDemo(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const [, ...command] = project.tasks.demo.command.split(" ");
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...command, ...args],
    cwd: ROOT,
    stdin: "null",
  }).output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

Deno.test("demo shows registration, assignment, messages, recovery and status, and ends by itself", async () => {
  const { code, out, err } = await runDemo("--quick");
  assert.equal(code, 0, err);
  assert.equal(err, "");
  const story = [
    /ada +worker, can do python and api_development, 1 at once/,
    /supervisor +asks for "Create the login API", which takes python/,
    /ada +completed: Create the login API/,
    /tess +heard from ada: "The login API is ready to be tested."/,
    /rui +heard from supervisor: "Well done so far."/,
    /kim +completed: Put it on the test machine/,
    /max +… and is gone, without a word/,
    /noa +takes over \(attempt 2\): Test with 1,000 users/,
    /supervisor +finished by noa, as attempt 2: nothing was lost/,
    /max +\[\.\] 0 of 1 +offline/,
    /tasks completed +5 \(completion_rate 1\)/,
  ];
  assert.deepEqual(story.filter((line) => !line.test(out)), [], out);
  // deno-lint-ignore no-control-regex -- colours are for terminals
  assert.doesNotMatch(out, /\x1b/);
});

Deno.test("demo says with --help what it shows", async () => {
  const { code, out } = await runDemo("--help");
  assert.equal(code, 0);
  assert.match(out, /Usage: deno task demo/);
});
