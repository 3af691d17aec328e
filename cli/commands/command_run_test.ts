/** `command` as a process, against a real server and a real agent that runs real programs. */
import assert from "node:assert/strict";
import { openProxy } from "../../shared/bus/testing/proxy.ts";
import { TestPeer } from "../../server/grpc/testing/peer.ts";
import { cli, readBy, start, startOnTerminal } from "../testing/process.ts";
import { System, workerOf } from "../testing/system.ts";

Deno.test("command", async (t) => {
  await using system = await System.start();
  const { server } = system;
  const sh = (script: string) => ["command", "worker", "--", "sh", "-c", script];
  const ask = async (path: string) => await (await fetch(server + path)).json();

  await t.step("shows both streams of the program, and ends with its exit code", async () => {
    const outcome = await cli(sh("printf one; printf two >&2; exit 7"), { server });
    assert.deepEqual(outcome, { code: 7, out: "one", err: "two" });
    assert.deepEqual(await cli(sh("printf fine"), { server }), { code: 0, out: "fine", err: "" });
  });
  await t.step("passes arguments on as they are", async () => {
    const words = ["a b", "$(id)", "; rm", "'quoted'", "two\nlines", ""];
    const { out } = await cli(["command", "Worker", "--", "printf", "<%s>", ...words], { server });
    assert.equal(out, words.map((word) => `<${word}>`).join(""));
  });
  await t.step("shows what is printed while the program runs, and Ctrl-C cancels it", async () => {
    await using running = start(sh("echo $$; sleep 600 & wait"), { server });
    await running.until(({ out }) => /^\d+\n/.test(out));
    running.kill("SIGINT");
    assert.equal((await running.ended).code, 130);
    const [last] = (await ask("/api/agents/agent_worker/commands")).items;
    assert.equal(last.status, "cancelled");
  });
  await t.step(
    "ends the program when nobody reads its output any more, and when the terminal is closed",
    async () => {
      const last = async () => (await ask("/api/agents/agent_worker/commands")).items[0];
      const endless = sh("echo one; while sleep 0.05; do echo more; done");
      assert.deepEqual(await readBy("head -n 1", endless, { server }), { code: 141, out: "one\n", err: "" });
      assert.notEqual((await last()).cancel_asked_at, null);
      const late = await readBy("{ sleep 0.5; head -n 1; }", sh("seq 30000"), { server });
      assert.deepEqual(late, { code: 141, out: "1\n", err: "" });
      await using running = start(sh("echo one; sleep 600 & wait"), { server });
      await running.until(({ out }) => out === "one\n");
      running.kill("SIGHUP");
      assert.equal((await running.ended).code, 130);
      assert.equal((await last()).status, "cancelled");
    },
  );
  await t.step("ends with 124 when the time is over, and with 128 + N by signal N", async () => {
    const late = await cli(["command", "Worker", "--timeout", "0.3", "--", "sleep", "600"], { server });
    assert.equal(late.code, 124);
    assert.match(late.err, /\S/);
    assert.equal((await cli(sh("kill -9 $$"), { server })).code, 137);
  });
  await t.step("ends with 5 and says what the owner would have to allow", async () => {
    const { code, out, err } = await cli(["command", "Worker", "--", "rm", "-rf", "/"], { server });
    assert.deepEqual({ code, out }, { code: 5, out: "" });
    assert.match(err, /rm/);
  });
  await t.step("takes, of several agents with the name, the one that is online, and says so", async () => {
    using peer = new TestPeer(`127.0.0.1:${system.hub.server.grpcPort}`);
    const { id, sessionKey } = await peer.register({ agentName: "Worker" });
    await peer.unregister(id, sessionKey);
    assert.deepEqual(await cli(sh("printf fine"), { server }), {
      code: 0,
      out: "fine",
      err: "Of 2 agents with the name 'worker' this is agent_worker, which is online.\n",
    });
    const { code } = await cli(["pause", "Worker"], { server });
    assert.equal(code, 2);
    await peer.register({ agentId: id, agentName: "Spare", sessionKey });
  });
  await t.step("runs a script from standard input or a file, with arguments", async () => {
    const args = ["command", "Worker", "--type", "script", "--interpreter", "bash", "--", "a b"];
    assert.deepEqual(await cli(args, { server, input: 'printf "<%s>" "$1"\nexit 3\n' }), {
      code: 3,
      out: "<a b>",
      err: "",
    });
    const file = await Deno.makeTempFile();
    await Deno.writeTextFile(file, "echo from a file");
    const { out } = await cli(["command", "Worker", "--interpreter", "bash", "--file", file], { server });
    assert.equal(out, "from a file\n");
    await Deno.remove(file);
  });
  await t.step("commands says that nobody and nothing is called so", async () => {
    const { code, err } = await cli(["commands", "nope"], { server });
    assert.equal(code, 3);
    assert.match(err, /no agent and no command 'nope'/);
  });
  await t.step(
    "runs a shell's line where the owner allows it, and says how where it came as a word",
    async () => {
      const line = "echo one | tr o 0";
      const ran = await cli(["command", "Worker", "--line", line], { server });
      assert.deepEqual(ran, { code: 0, out: "0ne\n", err: "" });
      const refused = await cli(["command", "Worker", "--", line], { server });
      assert.equal(refused.code, 5);
      assert.match(refused.err, /--line/);
    },
  );
  await t.step(
    "gives a program the end of an output that was too long, and says what is missing",
    async () => {
      const { code, out, err } = await cli(sh("seq 400000"), { server });
      assert.equal(code, 0);
      assert.ok(out.startsWith("1\n2\n3\n"));
      assert.match(out, /\n… \d+ bytes were cut out here …\n/);
      assert.ok(out.endsWith("\n399999\n400000\n"));
      assert.match(err, /too long: \d+ bytes of its middle are missing/);
    },
  );
  await t.step("calls a function of the agent's own, and says what is wrong with its input", async () => {
    const call = (input: string) =>
      cli(["command", "Worker", "--function", "sum", "--input", input], { server });
    assert.deepEqual(await call('{"numbers":[1,2]}'), { code: 0, out: "adding\n3", err: "" });
    const wrong = await call('{"numbers":"none"}');
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /numbers/);
  });
  await t.step("gives each frame with --json; the last has the whole command", async () => {
    const { code, out } = await cli(["--json", ...sh("printf one; exit 7")], { server });
    assert.equal(code, 7);
    const frames = out.trim().split("\n").map((line) => JSON.parse(line));
    const { status, exit_code, output } = frames.at(-1).command;
    assert.deepEqual({ status, exit_code, output }, { status: "failed", exit_code: 7, output: "one" });
    assert.ok(frames.some(({ message_type, text }) => message_type === "COMMAND_OUTPUT" && text === "one"));
  });
  await t.step(
    "lets no output steer a terminal, keeps its colours, and passes it on to a program",
    async () => {
      const evil = sh("printf '\\033[2J\\033]0;x\\007\\033[31mred'");
      assert.equal((await cli(evil, { server })).out, "\u001b[2J\u001b]0;x\u0007\u001b[31mred");
      await using running = startOnTerminal(evil, { server });
      assert.equal((await running.ended).out, "\u001b[31mred\u001b[0m");
      await using plain = startOnTerminal(evil, { server, env: { NO_COLOR: "1" } });
      assert.equal((await plain.ended).out, "red");
    },
  );
  await t.step("says how to approve what waits for a person, and goes on when one did", async () => {
    await using running = start(["command", "Worker", "--", "uname", "-s"], { server });
    await running.until(({ err }) => /approve cmd_\w+\n/.test(err));
    assert.match(running.err, /A person has to approve this, within .*uname -s/);
    const id = /approve (cmd_\w+)/.exec(running.err)![1]!;
    const unasked = await cli(["approve", id], { server, input: "no\n" });
    assert.equal(unasked.code, 2);
    assert.match(unasked.err, /uname -s\n.*--yes/s);
    const approved = await cli(["approve", id, "--yes"], { server });
    assert.equal(approved.code, 0);
    assert.match(approved.err, /uname -s/);
    const { code, out } = await running.ended;
    assert.deepEqual({ code, out }, { code: 0, out: "Linux\n" });
    const again = await cli(["approve", id, "--yes"], { server });
    assert.equal(again.code, 1);
    assert.match(again.err, /waits for nobody/);
  });
  await t.step(
    "ends with 5 when it was denied; on a terminal approve asks, and anything but yes is no",
    async () => {
      await using running = start(["command", "Worker", "--", "uname", "-s"], { server });
      await running.until(({ err }) => /approve cmd_\w+\n/.test(err));
      const id = /approve (cmd_\w+)/.exec(running.err)![1]!;
      await using asked = startOnTerminal(["approve", id], { server });
      await asked.until(({ out }) => out.includes("[y/N]"));
      await asked.type("n\n");
      assert.equal((await asked.ended).code, 1);
      assert.equal((await cli(["deny", id], { server })).code, 0);
      assert.equal((await running.ended).code, 5);
    },
  );
  await t.step("goes on after a lost connection, and misses nothing", async () => {
    await using proxy = openProxy({ hostname: "127.0.0.1", port: system.hub.server.httpPort });
    const fifo = await Deno.makeTempDir();
    await new Deno.Command("mkfifo", { args: [`${fifo}/go`] }).output();
    const through = `http://127.0.0.1:${proxy.port}`;
    const script = `printf one; printf "oops\\n" >&2; cat '${fifo}/go'; printf three; exit 9`;
    await using running = start(sh(script), { server: through });
    await running.until(({ out, err }) => out === "one" && err === "oops\n");
    await proxy.cut({ refuse: true });
    await running.until(({ err }) => /Trying again; the command goes on/.test(err));
    await Deno.writeTextFile(`${fifo}/go`, "two ");
    proxy.mend();
    const { code, out, err } = await running.ended;
    assert.deepEqual({ code, out }, { code: 9, out: "onetwo three" });
    assert.match(err, /may be standard error, too/);
    await Deno.remove(fifo, { recursive: true });
  });
  await t.step("commands lists what was asked for, and shows one in full", async () => {
    const { items } = JSON.parse((await cli(["commands", "Worker", "--limit", "3"], { server })).out);
    assert.equal(items.length, 3);
    assert.equal(items[0].exit_code, 9);
    assert.equal(
      JSON.parse((await cli(["commands"], { server })).out).items[0].command_id,
      items[0].command_id,
    );
    const one = JSON.parse((await cli(["commands", items[0].command_id], { server })).out);
    assert.match(one.output, /two three$/);
    await using table = startOnTerminal(["commands", "--no-color"], { server });
    const shown = (await table.ended).out;
    assert.match(shown, /Worker .*failed +9 .*printf one/, shown);
    await using full = startOnTerminal(["commands", items[0].command_id, "--no-color"], { server });
    assert.match((await full.ended).out, /status +failed[\s\S]*exit +9[\s\S]*\r\n\r\n[^]*two three\r\n$/);
  });
  await t.step("--detach shows the id alone; cancel ends it", async () => {
    await using running = startOnTerminal(["command", "Worker", "--detach", "--", "sleep", "600"], {
      server,
    });
    const id = (await running.ended).out.trim();
    assert.match(id, /^cmd_\w+$/);
    assert.equal((await cli(["cancel", id], { server })).code, 0);
    assert.equal((await cli(["cancel", "cmd_unknown"], { server })).code, 3);
  });
});

Deno.test("command for an agent that is offline ends with 4; with --wait it waits until the agent is back", async () => {
  await using system = await System.start();
  const { server, hub } = system;
  await using away = await hub.agent({ agent_name: "Away" });
  await away[Symbol.asyncDispose]();
  const refused = await cli(["command", "Away", "--", "df"], { server });
  assert.equal(refused.code, 4);
  assert.match(refused.err, /\S/);
  await using running = start(["command", "Away", "--wait", "--", "df"], { server });
  await running.until(({ err }) => /offline; the command waits/.test(err));
  running.kill("SIGINT");
  assert.equal((await running.ended).code, 130);
  const id = away.registration.agent_id;
  const { items } = await (await fetch(`${server}/api/agents/${id}/commands`)).json();
  assert.equal(items[0].status, "cancelled");

  await system.agent.stop();
  await using waiting = start(["command", "Worker", "--wait", "--", "printf", "back"], { server });
  await waiting.until(({ err }) => /offline; the command waits/.test(err));
  await using worker = workerOf(hub, system.policyFile);
  await worker.start();
  const { code, out } = await waiting.ended;
  assert.deepEqual({ code, out }, { code: 0, out: "back" });
});
