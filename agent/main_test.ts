import { strict as assert } from "node:assert";
import { ParleyError } from "../shared/error.ts";
import { outcomeOf } from "../shared/testing/task_process.ts";
import { inherited } from "../tests/environment.ts";
import { TestHub } from "./testing/hub.ts";

const MAIN = new URL("./main.ts", import.meta.url).pathname;
const PERMISSIONS = [
  "--no-prompt",
  "--allow-net",
  "--allow-env",
  "--allow-read",
  "--allow-sys",
  "--allow-run",
];

/** Starts the agent's process as its task does, with nothing in its environment but what is given. */
function spawned(args: string[], env: Record<string, string> = {}): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", ...PERMISSIONS, MAIN, ...args],
    env: { ...inherited(), PATH: "", ...env },
    clearEnv: true,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

Deno.test("the agent's process registers, answers, and ends with 0 when it is asked to", async () => {
  await using hub = await TestHub.start();
  const process = spawned(["--", "--kind", "echo", "--name", "Ada", "--server", hub.address]);
  const { agentId, agentName, capabilities } = await hub.registrations.next();
  assert.equal(agentName, "Ada");
  assert.match(agentId, /^agent_ada-[0-9a-f]{8}$/);
  assert.deepEqual(Object.keys(capabilities), [
    "task_schema.echo",
    "task_description.echo",
    "task_types",
    "chat",
    "echo",
    "only-when-named",
  ]);
  await hub.presence.next();
  const ask = {
    message_id: "msg_1",
    message_type: "TEXT",
    sender_id: "web_1",
    text_payload: "are you there",
  };
  await hub.give(agentId, ask);
  assert.equal((await hub.sent.next()).text_payload, "are you there");
  process.kill("SIGTERM");
  const { code, out } = await outcomeOf(process);
  assert.equal(code, 0);
  assert.match(out, /Ada is ending/);
  assert.deepEqual(await hub.presence.next(), [agentId, "offline"]);
});

Deno.test("the agent's process ends with 2 and says what to change when its id is in use", async () => {
  await using hub = await TestHub.start();
  hub.refuseWith = new ParleyError("conflict", "In use.");
  const { code, err } = await outcomeOf(spawned(["--id", "agent_ada", "--server", hub.address]));
  assert.equal(code, 2);
  assert.match(err, /The id 'agent_ada' is in use .* another --id/);
});

Deno.test("the agent's process takes a new id when the one made of its name is in use", async () => {
  await using hub = await TestHub.start();
  hub.refuseWith = new ParleyError("conflict", "In use.");
  const process = spawned(["--kind", "echo", "--server", hub.address]);
  await hub.registrations.nextThat(({ agentId }) => agentId !== "");
  const last = await hub.registrations.nextThat(({ agentId }) => agentId === "");
  assert.equal(last.agentName, "Echo");
  process.kill("SIGTERM");
  await outcomeOf(process);
});

Deno.test({
  name: "the agent's process ends with 1 and a sentence when the process that runs programs is killed",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using hub = await TestHub.start();
    const rules = ["--kind", "command", "--allow-command", "sleep 60"];
    const process = spawned([...rules, "--server", hub.address], { PATH: "/usr/bin:/bin" });
    await hub.registrations.next();
    await hub.presence.next();
    const children = await Deno.readTextFile(`/proc/${process.pid}/task/${process.pid}/children`);
    Deno.kill(Number(children.trim()), "SIGKILL");
    const { code, err } = await outcomeOf(process);
    assert.equal(code, 1);
    assert.match(err, /The process that runs programs ended/);
    assert.doesNotMatch(err, /Uncaught/);
  },
});

Deno.test("the agent's process says that its server does not answer, also where it takes connections and is silent", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const server = `127.0.0.1:${(listener.addr as Deno.NetAddr).port}`;
  const process = spawned(["--kind", "echo", "--server", server]);
  let said = "";
  for await (const text of process.stderr.pipeThrough(new TextDecoderStream())) {
    said += text;
    if (said.includes("does not answer")) break;
  }
  assert.match(said, new RegExp(`The server at ${server} does not answer; trying again until it does`));
  process.kill("SIGTERM");
  await process.stdout.cancel();
  assert.equal((await process.status).code, 0);
});

const CANNOT_START: [args: string[], env: Record<string, string>, says: RegExp][] = [
  [["--kind", "poet"], {}, /Allowed is one of: guide, echo, mistral, openai, command/],
  [["--kind", "mistral"], {}, /MISTRAL_API_KEY/],
  [[], { GRPC_PORT: "many" }, /GRPC_PORT: given was "many"\. Allowed is a port/],
];

for (const [args, env, says] of CANNOT_START) {
  Deno.test(`the agent's process ends with 2 when started with ${[...args, ...Object.keys(env)].join(" ")}`, async () => {
    const end = await outcomeOf(spawned(args, env));
    assert.equal(end.code, 2);
    assert.match(end.err, says);
  });
}
