import assert from "node:assert/strict";

const ROOT = new URL("..", import.meta.url);

interface Ended {
  code: number;
  out: string;
  err: string;
}

async function run(file: string, args: string[], env: Record<string, string>): Promise<Ended> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", file, ...args],
    cwd: ROOT,
    env,
    stdin: "null",
  }).output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

/** Runs an example as its first lines say, alone. */
function runAlone(file: string, ...args: string[]): Promise<Ended> {
  return run(file, args, {
    AGENT_COMMUNICATION_MODE: "mock",
    BUS_URL: "",
    RABBITMQ_HOST: "",
    NO_COLOR: "1",
  });
}

Deno.test("06_project_supervisor splits a project by its requirements, and tells what came of each part", async () => {
  const { code, out, err } = await runAlone(
    "examples/06_project_supervisor.ts",
    "A shop",
    "api",
    "review",
    "ui",
  );
  assert.equal(code, 0, err);
  assert.match(out, /"A shop" is 3 tasks\./);
  assert.equal(out.match(/completed by python-worker-001/g)?.length, 2, out);
  assert.match(out, /from fastapi import FastAPI/);
  assert.match(out, /runs whatever text it is given/);
  assert.match(out, /timed_out\nIt was not completed by its deadline/);
});

Deno.test("06_project_supervisor assigns only what the project requires", async () => {
  const { out } = await runAlone(
    "examples/06_project_supervisor.ts",
    "A shop",
    "review",
    "nothing that it knows",
  );
  assert.match(out, /"A shop" is 1 task\./);
});

Deno.test("07_python_worker works on a task, and ends when it is alone", async () => {
  const { code, out, err } = await runAlone("examples/07_python_worker.ts");
  assert.equal(code, 0, err);
  assert.match(out, /python-worker-001 works on code_review/);
  assert.match(out, /has one default for all calls/);
});

Deno.test("an example says in one line what to do when there is no server", async () => {
  const env = { AGENT_COMMUNICATION_MODE: "", BUS_URL: "", RABBITMQ_HOST: "", NO_COLOR: "1" };
  const nobody = { GRPC_HOST: "127.0.0.1", GRPC_PORT: "1" };
  const examples = ["examples/06_project_supervisor.ts", "examples/07_python_worker.ts"];
  // Each waits some seconds for a server.
  await Promise.all(examples.map(async (example) => {
    const { code, err } = await run(example, [], { ...env, ...nobody });
    assert.equal(code, 1, err);
    assert.match(err, /^.*deno task start.*AGENT_COMMUNICATION_MODE=mock\.\n$/);
  }));
});
