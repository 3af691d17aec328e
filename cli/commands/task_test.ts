/** `task` as a process, against a real server and a real agent of the library. */
import assert from "node:assert/strict";
import { Agent } from "../../agent/mod.ts";
import { ParleyError } from "../../shared/error.ts";
import { Hub } from "../../server/testing/hub.ts";
import { UsageError } from "../fault.ts";
import { cli, start, startOnTerminal } from "../testing/process.ts";
import type { Workplace } from "../workplace.ts";
import { bodyOf, deadlineOf, pairOf } from "./task_submit.ts";

Deno.test("task", async (t) => {
  await using hub = await Hub.open();
  const server = hub.http;
  const agent = new Agent({ name: "Mason", id: "agent_mason", server: `127.0.0.1:${hub.server.grpcPort}` });
  const released = Promise.withResolvers<void>();
  agent.onTask("carve", (task) => {
    task.progress(0.5, "half\u001b[2J of it");
    return { ...task.parameters, about: task.description };
  });
  agent.onTask("fail", () => {
    throw new ParleyError("forbidden", "not\u001b[2J this one");
  });
  agent.onTask("wait", async (task) => {
    await Promise.race([
      released.promise,
      new Promise((resolve) => task.signal.addEventListener("abort", resolve)),
    ]);
    return "released";
  });
  await using _agent = agent;
  await agent.start();
  const ask = async (path: string) => await (await fetch(server + path)).json();

  await t.step("submit gives the task, and asking again with the same key the same", async () => {
    const args = ["task", "submit", "carve", "--key", "k", "--param", "width=40", "--param", "name=a=b"];
    const { code, out } = await cli(args, { server });
    assert.equal(code, 0);
    const { task_id, parameters } = JSON.parse(out);
    assert.deepEqual(parameters, { width: 40, name: "a=b" });
    assert.equal(JSON.parse((await cli(args, { server })).out).task_id, task_id);
    const other = await cli([...args, "--param", "width=41"], { server });
    assert.equal(other.code, 1);
    assert.match(other.err, /another 'parameters'/);
  });
  await t.step("submit --wait shows the result, and standard input gives parameters", async () => {
    const args = [
      "task",
      "submit",
      "carve",
      "--wait",
      "--json",
      "@-",
      "--about",
      "a statue",
      "--priority",
      "high",
    ];
    const outcome = await cli(args, { server, input: '{"a": [1]}' });
    assert.deepEqual(
      [outcome.code, JSON.parse(outcome.out)],
      [0, { a: [1], about: "a statue" }],
      outcome.err,
    );
    assert.ok(!outcome.err.includes("\u001b"), outcome.err);
  });
  await t.step(
    "submit --wait ends with the code of the failure, and what others wrote steers nothing",
    async () => {
      const { code, out, err } = await cli(["task", "submit", "fail", "--wait"], { server });
      assert.deepEqual([code, out], [5, ""]);
      assert.match(err, /not␛\[2J this one/);
    },
  );
  await t.step(
    "a task that nobody takes waits and says why; a deadline that passes ends it with 124",
    async () => {
      const args = ["task", "submit", "paint", "--need", "oil", "--deadline", "1s", "--wait"];
      const { code, err } = await cli(args, { server });
      assert.equal(code, 124);
      assert.match(err, /capability 'oil'/);
      assert.match(err, /deadline/);
    },
  );
  await t.step("Ctrl-C leaves the task running and says how to go on", async () => {
    await using running = start(["task", "submit", "wait", "--wait"], { server });
    await running.until(({ err }) => /agent_mason has it|0 %/.test(err));
    running.kill("SIGINT");
    const { code, err } = await running.ended;
    assert.equal(code, 130);
    const [, id] = /task watch (\S+)`/.exec(err) ?? [];
    assert.match((await ask(`/api/tasks/${id}`)).status, /assigned|in_progress/);
    await using watching = start(["task", "watch", id!], { server });
    await using stream = start(["task", "watch"], { server });
    await watching.until(({ err }) => err.includes(id!));
    const cancelled = await cli(["task", "cancel", id!, "task_none"], { server });
    assert.equal(cancelled.code, 3, "the one that is not there");
    assert.equal(JSON.parse(cancelled.out).status, "cancelled");
    assert.deepEqual([(await watching.ended).code, watching.out], [1, ""]);
    const retried = await cli(["task", "retry", id!], { server });
    assert.equal(JSON.parse(retried.out).status, "pending");
    released.resolve();
    const again = await cli(["task", "watch", id!], { server });
    assert.deepEqual([again.code, again.out], [0, "released\n"]);
    stream.kill("SIGINT");
    await stream.ended;
  });
  await t.step("list and show are tables and facts on a terminal, and JSON otherwise", async () => {
    const { out } = await cli(["task", "list", "--status", "completed,failed", "--limit", "2"], { server });
    assert.equal(JSON.parse(out).items.length, 2);
    await using listing = startOnTerminal(["task", "list", "--no-color", "--agent", "mason"], { server });
    const shown = (await listing.ended).out;
    assert.match(shown, /ID +TYPE +STATUS/);
    assert.match(shown, /carve.*completed/);
    const [{ task_id }] = (await ask("/api/tasks?type=fail")).items;
    await using showing = startOnTerminal(["task", "show", "--no-color", task_id], { server });
    assert.match((await showing.ended).out, /attempt 1.*agent_mason from .*failed/);
    assert.equal(JSON.parse((await cli(["task", "show", task_id], { server })).out).status, "failed");
    assert.equal((await cli(["task", "show", "task_none"], { server })).code, 3);
  });
  await t.step("what is wrong is said, with 2", async () => {
    for (
      const [args, says] of [
        [["--param", "width"], /name=value/],
        [["--parameters", "[1]"], /JSON object/],
        [["--parameters", "@/nowhere/x.json"], /cannot be read/],
        [["--deadline", "soon"], /is no time/],
        [["--priority", "9"], /'priority'/],
        [["--retries", "-1"], /whole number/],
      ] as [string[], RegExp][]
    ) {
      const { code, err } = await cli(["task", "submit", "carve", ...args], { server });
      assert.equal(code, 2, err);
      assert.match(err, says);
    }
  });
});

Deno.test("task says when there is no server", async () => {
  const { code, err } = await cli(["task", "list"], { server: "http://127.0.0.1:9" });
  assert.equal(code, 4);
  assert.match(err, /No server answers/);
});

Deno.test("bodyOf() asks for what the options say, the agent by its name", async () => {
  const items = [{ agent_id: "agent_bob", agent_name: "Bob" }];
  const workplace = { api: { list: () => Promise.resolve({ items }) } } as unknown as Workplace;
  const options = {
    need: ["chisel"],
    about: "a spoon",
    priority: "2",
    deadline: "2999-01-01T00:00:00Z",
    agent: "bob",
    parent: "task_top",
    key: "spoon",
    timeout: 1.5,
    retries: 0,
    param: ["of=oak"],
  };
  assert.deepEqual(await bodyOf("carve", options, workplace), {
    idempotency_key: "spoon",
    task_type: "carve",
    description: "a spoon",
    parameters: { of: "oak" },
    required_capabilities: ["chisel"],
    priority: 2,
    deadline: "2999-01-01T00:00:00.000Z",
    preferred_agent: "agent_bob",
    parent_task_id: "task_top",
    timeout_s: 1.5,
    max_retries: 0,
  });
});

Deno.test("pairOf() takes JSON as what it is, and anything else as a text", () => {
  const pairs = ["a=1", "b=x", 'c={"d":[true]}', "e=", "f=a=b", "g=null"].map(pairOf);
  assert.deepEqual(Object.fromEntries(pairs), { a: 1, b: "x", c: { d: [true] }, e: "", f: "a=b", g: null });
  assert.throws(() => pairOf("=1"), UsageError);
});

Deno.test("deadlineOf() takes a time from now, and a date", () => {
  assert.equal(deadlineOf("2h", 0), "1970-01-01T02:00:00.000Z");
  assert.equal(deadlineOf("2026-08-01T12:00:00+02:00", 0), "2026-08-01T10:00:00.000Z");
  for (const text of ["12", "tomorrow", "-1h"]) assert.throws(() => deadlineOf(text, 0), UsageError);
});
