/** A program of somebody's own that uses the library, bundled into one file: it is its own runner, and starts one. */
import { strict as assert } from "node:assert";
import { ask } from "../testing/ada.ts";
import { TestHub } from "../testing/hub.ts";

const PROGRAM = new URL("./testing/library_agent.ts", import.meta.url).pathname;

function deno(args: string[], env: Record<string, string> = {}): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function saidBy(process: Deno.ChildProcess): Promise<{ code: number; says: string }> {
  const { code, stderr } = await process.output();
  return { code, says: new TextDecoder().decode(stderr) };
}

Deno.test("a bundled agent written with the library runs programs and functions, and its own program runs once", async () => {
  await using hub = await TestHub.start();
  const folder = await Deno.makeTempDir();
  const bundle = `${folder}/agent.js`;
  assert.equal((await saidBy(deno(["bundle", "--quiet", "-o", bundle, PROGRAM]))).code, 0);
  const agent = deno(["run", "-A", bundle], { PARLEY_TEST_SERVER: hub.address });
  try {
    await hub.presence.nextThat(([, state]) => state === "online");
    hub.command("agent_ada", { type: "shell", arguments: ["printf", "bundled"] });
    assert.equal((await hub.commandResults.next()).output, "bundled");
    hub.command("agent_ada", { commandId: "cmd_2", type: "double", content: '{"number": 21}' });
    assert.equal((await hub.commandResults.next()).output, "42");
    await hub.give("agent_ada", ask("Run something yourself."));
    assert.equal((await hub.sent.next()).message_type, "ERROR");
  } finally {
    agent.kill("SIGTERM");
    const { says } = await saidBy(agent);
    await Deno.remove(folder, { recursive: true });
    assert.equal(says.match(/the program of its own/g)?.length, 1, says);
  }
});

Deno.test("a process that was started as a runner starts none, whatever it takes itself for", async () => {
  const { code, says } = await saidBy(
    deno(["run", "-A", PROGRAM], { PARLEY_RUNNER: "1", PARLEY_TEST_SERVER: "127.0.0.1:9" }),
  );
  assert.notEqual(code, 0);
  assert.match(says, /was started as a runner/);
});
