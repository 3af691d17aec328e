import assert from "node:assert/strict";

const ROOT = new URL("..", import.meta.url);

/** Runs an example as its first lines say, alone. */
async function runAlone(
  file: string,
  ...args: string[]
): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", file, ...args],
    cwd: ROOT,
    env: { AGENT_COMMUNICATION_MODE: "mock", BUS_URL: "", RABBITMQ_HOST: "", NO_COLOR: "1" },
    stdin: "null",
  }).output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
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

for (const example of ["06_project_supervisor", "07_python_worker"]) {
  Deno.test(`${example} says in one line what to do when there is no server`, async () => {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", `examples/${example}.ts`],
      cwd: ROOT,
      env: {
        AGENT_COMMUNICATION_MODE: "",
        BUS_URL: "",
        RABBITMQ_HOST: "",
        GRPC_HOST: "127.0.0.1",
        GRPC_PORT: "1",
        NO_COLOR: "1",
      },
      stdin: "null",
    }).output();
    const said = new TextDecoder().decode(stderr);
    assert.equal(code, 1, said);
    assert.match(said, /^.*deno task start.*AGENT_COMMUNICATION_MODE=mock\.\n$/);
  });
}
