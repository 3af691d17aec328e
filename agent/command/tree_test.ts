/** Whole trees of processes end, whatever ends the command: cancelling, its time, the runner's own end in every form. */
import { strict as assert } from "node:assert";
import { isAlive } from "../../shared/testing/task_process.ts";
import { GRACE_MS } from "./process_tree.ts";
import { TestRunner, until, untilGone } from "./testing/runner.ts";

const POLICY = { allow: [{ shell: true, lines: ["**"] }] };
/** Three processes: the shell, its child, and a grandchild in a session of its own. Each prints its id. */
const FAMILY = "echo $$; sleep 1000 & echo $!; setsid sh -c 'echo $$; exec sleep 1000' & wait";
/** The same, where nobody listens to SIGTERM. */
const STUBBORN = `trap '' TERM; ${FAMILY}; sleep 1000`;

async function family(runner: TestRunner, id: string, content = FAMILY, timeoutS = 60): Promise<number[]> {
  runner.run(id, { content, timeoutS });
  const pids = (await runner.lines(id, 3)).map(Number);
  assert.equal(new Set(pids).size, 3);
  return pids;
}

Deno.test("cancelling ends the whole tree, also what made a session of its own", async () => {
  await using runner = await TestRunner.start(POLICY);
  const pids = await family(runner, "c");
  runner.client.request({ do: "cancel", id: "c" });
  const { status, signal, exitCode, code } = await runner.outcome("c");
  assert.deepEqual([status, signal, exitCode, code], ["cancelled", "SIGTERM", 143, "cancelled"]);
  assert.deepEqual(pids.filter(isAlive), []);
});

Deno.test("a tree that ignores SIGTERM is killed", async () => {
  await using runner = await TestRunner.start(POLICY);
  const pids = await family(runner, "c", STUBBORN);
  runner.client.request({ do: "cancel", id: "c" });
  const { status, signal } = await runner.outcome("c");
  assert.deepEqual([status, signal], ["cancelled", "SIGKILL"]);
  assert.deepEqual(pids.filter(isAlive), []);
});

Deno.test("a command's time ends the whole tree", async () => {
  await using runner = await TestRunner.start(POLICY);
  // Long enough for all of them to have printed before.
  const pids = await family(runner, "c", FAMILY, 3);
  const { status, code, message, executionTimeMs } = await runner.outcome("c");
  assert.deepEqual([status, code], ["timed_out", "timeout"]);
  assert.match(message!, /longer than 3 s/);
  assert.ok(executionTimeMs >= 3_000);
  assert.deepEqual(pids.filter(isAlive), []);
});

Deno.test("what a program leaves behind ends with it, and keeps nobody waiting", async () => {
  await using runner = await TestRunner.start(POLICY);
  runner.run("c", {
    content: "sleep 1000 & echo $!; setsid sleep 1000 & echo $!; env -i /bin/sleep 1000 & echo $!",
  });
  const { status, output } = await runner.outcome("c");
  assert.equal(status, "succeeded");
  await untilGone(output.trim().split("\n").map(Number));
});

Deno.test("cancelling also ends who left the group and hides the mark, as long as its parents are there", async () => {
  await using runner = await TestRunner.start(POLICY);
  runner.run("c", {
    content: "env -i /usr/bin/setsid /bin/sh -c 'echo $$; exec /bin/sleep 1000' & echo $$; wait",
  });
  const pids = (await runner.lines("c", 2)).map(Number);
  runner.client.request({ do: "cancel", id: "c" });
  assert.equal((await runner.outcome("c")).status, "cancelled");
  await untilGone(pids);
});

Deno.test("the time of a command is its program's own, whatever it leaves behind", async () => {
  await using runner = await TestRunner.start(POLICY);
  const askedAtMs = performance.now();
  runner.run("c", { content: "trap '' TERM; (sleep 30 >/dev/null 2>&1 &); exit 0" });
  const { status, executionTimeMs } = await runner.outcome("c");
  const allMs = performance.now() - askedAtMs;
  assert.equal(status, "succeeded");
  // What ignores SIGTERM is left its grace, which is no time of the program's.
  assert.ok(executionTimeMs < allMs - GRACE_MS / 2, `${executionTimeMs} ms of ${allMs} ms`);
});

Deno.test("a tree of which only zombies are left keeps nobody waiting", async () => {
  await using runner = await TestRunner.start(POLICY);
  // The one in a session of its own never reaps its child, which stays in the group of the program.
  const parent =
    "import os,time,sys\nif os.fork()==0: os._exit(0)\nos.setsid()\nprint(os.getpid(),flush=True)\ntime.sleep(1000)";
  runner.run("c", { content: `python3 -c '${parent}' & wait`, timeoutS: 60 });
  const [pid] = (await runner.lines("c", 1)).map(Number);
  await family(runner, "stubborn", STUBBORN);
  for (const id of ["stubborn", "c"]) runner.client.request({ do: "cancel", id });
  const ends = ["stubborn", "c"].map((id) => runner.outcome(id).then(() => id));
  // The other one is left its grace.
  assert.equal(await Promise.race(ends), "c");
  await Promise.all(ends);
  await untilGone([pid!]);
});

Deno.test("the end of a command is the end of no other", async () => {
  await using runner = await TestRunner.start(POLICY);
  const ids = Array.from({ length: 11 }, (_, index) => `c${index + 1}`);
  for (const id of ids) {
    runner.run(id, { content: "echo $$; exec sleep 1000" });
    await runner.lines(id, 1);
  }
  runner.client.request({ do: "cancel", id: "c1" });
  assert.equal((await runner.outcome("c1")).status, "cancelled");
  for (const id of ids.slice(1)) runner.client.request({ do: "cancel", id });
  for (const id of ids.slice(1)) assert.equal((await runner.outcome(id)).status, "cancelled");
});

Deno.test("a runner that is killed takes its programs with it, and another one goes on", async () => {
  await using runner = await TestRunner.start(POLICY);
  const pids = [...await family(runner, "a"), ...await family(runner, "b", STUBBORN)];
  Deno.kill(runner.client.pid, "SIGKILL");
  await runner.deaths.next();
  await untilGone(pids);
  await until(() => isAlive(runner.client.pid), () => "no other runner");
  runner.run("again", { content: "echo here" });
  assert.equal((await runner.outcome("again")).output, "here\n");
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`a runner that gets ${signal} ends its programs, says so, and ends`, async () => {
    await using runner = await TestRunner.start(POLICY);
    const pids = await family(runner, "c");
    Deno.kill(runner.client.pid, signal);
    const { status, message } = await runner.outcome("c");
    assert.deepEqual([status, message], ["cancelled", "The agent ended, and its commands with it."]);
    await runner.deaths.next();
    assert.deepEqual(pids.filter(isAlive), []);
  });
}

Deno.test("a runner whose agent closes its side ends its programs", async () => {
  await using runner = await TestRunner.start(POLICY);
  const pids = await family(runner, "c", STUBBORN);
  await runner.client.close();
  assert.deepEqual(pids.filter(isAlive), []);
});
