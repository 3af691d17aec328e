import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { ModelServer } from "../../agent/chat/testing/model_server.ts";
import { openBus } from "../../shared/bus/open.ts";
import { openStore } from "../../shared/store/open.ts";
import { freePort } from "../../shared/testing/free_port.ts";
import { isAlive } from "../../shared/testing/task_process.ts";
import { Frontend } from "./frontend.ts";
import { descendants, processOf, start, type StartOptions } from "./running.ts";

const READY = /Parley is ready: http:\/\/localhost:\d+/;

Deno.test("start runs everything, says where to look, answers a question, and ends with code 0 on SIGTERM", async () => {
  await using running = await start({ env: { LOG_FORMAT: "auto" } });
  await running.line(READY);
  for (const name of ["server", "broker", "guide", "echo", "web"]) {
    await running.line(new RegExp(`^${name} +\\| [^{]`));
  }

  const { items } = await (await fetch(`${running.serverUrl}/api/agents?online=true`)).json();
  assert.deepEqual(items.map((agent: { agent_name: string }) => agent.agent_name).sort(), ["Echo", "Guide"]);
  const page = await (await fetch(running.webUrl)).text();
  assert.match(page, /Guide/);
  assert.match(page, /Echo/);

  {
    await using frontend = await Frontend.open(running.serverUrl);
    const id = frontend.ask("Who is online?", { receiver_id: "agent_guide" });
    const answer = await frontend.answerTo(id);
    assert.equal(answer.message_type, "REPLY");
    assert.match(String(answer.text_payload), /Echo/);
    const own = frontend.frames.filter((frame) => frame.message_id === id).map((frame) =>
      frame.routing_status
    );
    assert.deepEqual(own.slice(0, 2), ["pending", "routed"]);
  }

  const below = descendants(running.child.pid);
  running.child.kill("SIGTERM");
  const { code } = await running.child.status;
  assert.equal(code, 0, running.lines.slice(-20).join("\n"));
  assert.deepEqual(below.filter(isAlive), [], "no process is left behind");
});

Deno.test("start adds a Mistral agent when MISTRAL_API_KEY is set, and it answers with what the model says", async () => {
  await using model = new ModelServer({ kind: "answer", pieces: ["Bon", "jour"] });
  await using running = await start({ env: { MISTRAL_API_KEY: "a-key", MISTRAL_BASE_URL: model.url } });
  await running.line(READY);
  await using frontend = await Frontend.open(running.serverUrl);
  const answer = await frontend.answerTo(frontend.ask("Hello", { receiver_id: "agent_mistral" }));
  assert.deepEqual([answer.message_type, answer.text_payload], ["REPLY", "Bonjour"]);
  assert.equal(model.asked[0]?.authorization, "Bearer a-key");
  assert.doesNotMatch(running.lines.join("\n"), /a-key/);
});

Deno.test("start starts a killed process again, says so, and the conversation goes on", async (t) => {
  await using running = await start();
  await running.line(READY);
  await using frontend = await Frontend.open(running.serverUrl);
  const { conversation_id } = await frontend.answerTo(frontend.ask("first", { receiver_id: "agent_echo" }));

  for (const [name, file] of [["broker", "broker/main.ts"], ["echo", "--kind echo"]] as const) {
    await t.step(`${name} is killed between two questions`, async () => {
      Deno.kill(processOf(running.child.pid, file), "SIGKILL");
      await running.line(new RegExp(`start .*${name} was ended by SIGKILL; starting it again in`));
      const id = frontend.ask(`after ${name}`, {
        receiver_id: "agent_echo",
        conversation_id,
        if_offline: "wait",
      });
      const answer = await frontend.answerTo(id);
      assert.equal(answer.message_type, "REPLY", JSON.stringify(answer));
      assert.equal(answer.text_payload, `after ${name}`);
    });
  }
});

Deno.test("start ends everything with code 0 on SIGINT to the whole process group, as Ctrl-C sends it", async () => {
  await using running = await start({ command: ["setsid", Deno.execPath(), "task", "start"] });
  await running.line(READY);
  const below = descendants(running.child.pid);
  Deno.kill(-running.child.pid, "SIGINT");
  const { code } = await running.child.status;
  assert.equal(code, 0, running.lines.slice(-20).join("\n"));
  assert.deepEqual(below.filter(isAlive), [], "no process is left behind");
});

Deno.test("start pauses longer before it starts a process that was killed twice in a row", async () => {
  await using running = await start();
  await running.line(READY);
  const { broker } = /Registered as (?<broker>broker_\w+)/.exec(await running.line(/Registered as broker_/))!
    .groups!;
  Deno.kill(processOf(running.child.pid, "broker/main.ts"), "SIGKILL");
  await running.line(/broker was ended by SIGKILL; starting it again in 0\.5 s$/);
  await running.line(new RegExp(`Registered as (?!${broker} )broker_`));
  Deno.kill(processOf(running.child.pid, "broker/main.ts"), "SIGKILL");
  await running.line(/broker was ended by SIGKILL; starting it again in 1 s$/);
});

Deno.test("start ends everything with code 2 when a process that it starts again finds its port taken", async () => {
  await using running = await start();
  await running.line(READY);
  const below = descendants(running.child.pid);
  const supervisor = processOf(running.child.pid, "tools/start.ts");
  // It stands still until the port has changed hands.
  Deno.kill(supervisor, "SIGSTOP");
  Deno.kill(processOf(running.child.pid, "server/main.ts"), "SIGKILL");
  using _taken = await listenOnceFree(Number(running.env.PORT));
  Deno.kill(supervisor, "SIGCONT");
  await running.line(/server was ended by SIGKILL; starting it again in/);
  await running.line(new RegExp(`^server .*:${running.env.PORT}: .*in use.* set PORT `));
  await running.line(/^start .*server cannot go on as things are/);
  const { code } = await running.child.status;
  assert.equal(code, 2, running.lines.slice(-20).join("\n"));
  assert.deepEqual(below.filter(isAlive), [], "no process is left behind");
});

Deno.test("start keeps a question asked just before the server dies, and its answer reaches who comes back", async () => {
  await using running = await start();
  await running.line(READY);
  const frontend = await Frontend.open(running.serverUrl);
  const { session_token } = frontend.frames.find((frame) =>
    frame.message_type === "REGISTER_FRONTEND_RESPONSE"
  )!;
  const id = frontend.ask("still there?", { receiver_id: "agent_echo", if_offline: "wait" });
  await frontend.frame((frame) => frame.message_id === id && frame.routing_status === "pending");
  Deno.kill(processOf(running.child.pid, "server/main.ts"), "SIGKILL");
  await frontend[Symbol.asyncDispose]();
  await running.line(/server was ended by SIGKILL/);

  const back = await Frontend.comeBack(running.serverUrl, { session_token, last_seq: 0 });
  try {
    const answer = await back.answerTo(id);
    assert.equal(answer.message_type, "REPLY", JSON.stringify(answer));
    assert.equal(answer.text_payload, "still there?");
  } finally {
    await back[Symbol.asyncDispose]();
  }
});

Deno.test("start under a launcher that keeps SIGTERM to itself ends soon after the launcher", async () => {
  // The same row of processes as npx makes: a launcher that dies of the signal without passing it on.
  const script = `const child = require("node:child_process").spawn(process.argv[1], ["task", "start"], ` +
    `{ stdio: "inherit" }); child.on("exit", (code) => process.exit(code));`;
  await using running = await start({ command: ["node", "-e", script, Deno.execPath()] });
  await running.line(READY);
  const below = descendants(running.child.pid);
  assert.ok(below.length >= 6);
  const killedAt = performance.now();
  running.child.kill("SIGTERM");
  while (below.some(isAlive) && performance.now() - killedAt < 30_000) {
    await new Promise((r) => setTimeout(r, 20));
  }
  assert.deepEqual(below.filter(isAlive), []);
  assert.ok(performance.now() - killedAt < 10_000, `took ${performance.now() - killedAt} ms`);
});

async function listenOnceFree(port: number): Promise<Deno.Listener> {
  for (;;) {
    try {
      return Deno.listen({ hostname: "127.0.0.1", port });
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
      await new Promise((r) => setTimeout(r, 20));
    }
  }
}

function fromRoot(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

const ENDED_AT_ONCE: [when: string, how: StartOptions, says: RegExp[]][] = [
  ["variables of several processes are bad", {
    env: { ROUTING_STRATEGY: "best", MAX_MESSAGE_BYTES: "1", AGENT_MAX_CONCURRENT: "none" },
  }, [/ROUTING_STRATEGY.*"best".*least-loaded/, /MAX_MESSAGE_BYTES.*"1"/, /AGENT_MAX_CONCURRENT.*"none"/]],
  ["there is no such bus and no such store", {
    env: { BUS_URL: "foo://x", DATABASE_URL: "clay://x" },
  }, [/BUS_URL.*"foo:"/, /DATABASE_URL.*'clay:'/]],
  ["BUS_URL lacks the slashes", { env: { BUS_URL: "amqp:localhost" } }, [/BUS_URL.*amqp:\/\/HOST/]],
  ["DATA_DIR cannot be written", { env: { DATA_DIR: "/proc/nope" } }, [/cannot be created.*DATA_DIR/]],
  ["DATA_DIR is a file", { env: { DATA_DIR: fromRoot("deno.json") } }, [/cannot be created.*DATA_DIR/]],
  ["it does not know an argument", { command: [Deno.execPath(), "task", "start", "--bogus"] }, [/"--bogus"/]],
];

for (const [when, how, says] of ENDED_AT_ONCE) {
  Deno.test(`start ends with code 2, says why and starts nothing when ${when}`, () => endsAtOnce(how, says));
}

Deno.test("start ends with code 2, names every port that is in use and starts nothing", async () => {
  const [PORT, GRPC_PORT, WEB_PORT] = [freePort(), freePort(), freePort()];
  using _one = Deno.listen({ port: Number(PORT), hostname: "127.0.0.1" });
  using _two = Deno.listen({ port: Number(WEB_PORT), hostname: "127.0.0.1" });
  await endsAtOnce({ ports: { PORT, GRPC_PORT, WEB_PORT } }, [
    new RegExp(`^PORT: port ${PORT} is in use`),
    new RegExp(`^WEB_PORT: port ${WEB_PORT} is in use`),
  ]);
});

Deno.test("start ends with code 2, says so and starts nothing when another Parley owns the data", async () => {
  const DATA_DIR = await Deno.makeTempDir();
  {
    await using _store = await openStore(`sqlite:${DATA_DIR}/store.sqlite`);
    await using _bus = await openBus(`sqlite:${DATA_DIR}/bus.sqlite`);
    await endsAtOnce({ env: { DATA_DIR } }, [
      /store\.sqlite' is in use by another process.*DATA_DIR/,
      /bus\.sqlite belong to another running process.*DATA_DIR/,
    ]);
  }
  await Deno.remove(DATA_DIR, { recursive: true });
});

async function endsAtOnce(how: StartOptions, says: RegExp[]): Promise<void> {
  await using running = await start(how);
  const { code } = await running.child.status;
  assert.equal(code, 2, running.lines.join("\n"));
  for (const sentence of says) await running.line(sentence);
  assert.doesNotMatch(running.lines.join("\n"), /^\w+ +\| /m);
}
