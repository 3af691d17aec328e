/** The runner's decisions in the test's own process: what time and number do that no person can do in time. */
import { strict as assert } from "node:assert";
import { Arrivals } from "../testing/arrivals.ts";
import { CommandRunner } from "./command_runner.ts";
import type { RunnerEvent } from "./frames.ts";
import { parsePolicy } from "./policy.ts";

function runnerOf(settings: Record<string, unknown>) {
  const events = new Arrivals<RunnerEvent>();
  const groups: [sign: string, pid: number][] = [];
  const text = JSON.stringify({ allow: [{ program: "/bin/true", approve: true }], ...settings });
  const runner = new CommandRunner({
    policy: parsePolicy({ allow: [], file: { name: "p.json", text } }),
    surroundings: { environment: {}, startedIn: "/", realDirectory: (path) => path },
    mark: "test",
    folder: () => Promise.resolve("/nowhere"),
    warden: { tell: (sign, pid) => groups.push([sign, pid]) },
    tell: (event) => Promise.resolve(events.add(event)),
  });
  const run = (id: string) =>
    runner.handle({
      do: "run",
      id,
      type: "shell",
      content: "/bin/true",
      arguments: [],
      parameters: {},
      timeoutS: 1,
    });
  return { runner, events, run, groups };
}

Deno.test("an approval that comes after its time runs nothing, though the timer has not heard of it", async () => {
  const { runner, events, run } = runnerOf({ approval_expires_s: 0.05 });
  run("c");
  const asked = await events.next();
  assert.ok(asked.is === "approval");
  // As after a machine's sleep: no timer has run meanwhile.
  for (const end = Date.now() + 60; Date.now() < end;);
  runner.handle({ do: "approve", id: "c", digest: asked.digest });
  const ended = await events.next();
  assert.ok(ended.is === "ended" && ended.outcome.code === "timeout", Deno.inspect(ended));
  await runner.stop();
});

Deno.test("only so many commands wait for a person, ten for each that may run", async () => {
  const { runner, events, run } = runnerOf({ max_concurrent: 1 });
  for (let index = 1; index <= 11; index++) run(`c${index}`);
  assert.deepEqual(events.all.map(({ is }) => is), [...Array(10).fill("approval"), "ended"]);
  const last = events.all.at(-1)!;
  assert.ok(last.is === "ended" && last.id === "c11" && last.outcome.code === "rate_limited");
  await runner.stop();
});

Deno.test("the warden hears of a program's group when it begins, and before its end is told", async () => {
  const { runner, events, run, groups } = runnerOf({ allow: [{ program: "/bin/true" }] });
  run("c");
  await events.nextThat(({ is }) => is === "ended");
  assert.deepEqual(groups.map(([sign]) => sign), ["+", "-"]);
  assert.equal(groups[0]![1], groups[1]![1]);
  await runner.stop();
});
