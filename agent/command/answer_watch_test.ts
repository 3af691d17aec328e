/** A runner that is there and says nothing: real processes, stopped. */
import { strict as assert } from "node:assert";
import { AnswerWatch } from "./answer_watch.ts";
import type { RunnerEvent, RunnerRequest } from "./frames.ts";
import { RunnerClient } from "./runner_client.ts";
import { Arrivals } from "../testing/arrivals.ts";
import { untilGone } from "./testing/runner.ts";

function run(id: string, content: string, timeoutS: number): RunnerRequest {
  return { do: "run", id, type: "shell", content, arguments: [], parameters: {}, timeoutS };
}

Deno.test("a runner that is frozen past a command's time is ended, and its programs with it", async () => {
  await using client = await RunnerClient.start({ allow: ["sh *"] }, { lateMs: 2_000 });
  const events = new Arrivals<RunnerEvent>();
  const deaths = new Arrivals<true>();
  client.listen({
    onEvent: (event) => events.add(event),
    onDeath: () => deaths.add(true),
    onGone: (error) => {
      throw error;
    },
  });
  client.request(run("c", "sh -c 'echo $$; exec sleep 1000'", 1));
  const output = await events.nextThat(({ is }) => is === "output");
  assert.ok(output.is === "output");
  Deno.kill(client.pid, "SIGSTOP");
  await deaths.next();
  await untilGone([Number(output.text)]);
  client.request(run("again", "sh -c 'echo here'", 10));
  await events.nextThat((event) => event.is === "ended" && event.outcome.output === "here\n");
});

const LATE: [what: string, steps: (watch: AnswerWatch) => void, late: boolean][] = [
  ["nothing at all", (watch) => watch.asked(run("c", "id", 1)), true],
  ["that it waits for a person", (watch) => {
    watch.asked(run("c", "id", 1));
    watch.heard({ is: "approval", id: "c", digest: "d", description: "", expiresInMs: 60_000 });
  }, false],
  ["nothing after an approval", (watch) => {
    watch.asked(run("c", "id", 1));
    watch.heard({ is: "approval", id: "c", digest: "d", description: "", expiresInMs: 60_000 });
    watch.asked({ do: "approve", id: "c", digest: "d" });
  }, true],
  ["that it runs, whoever approves it again", (watch) => {
    watch.asked(run("c", "id", 1));
    watch.heard({ is: "started", id: "c", description: "", timeoutMs: 60_000 });
    watch.asked({ do: "approve", id: "c", digest: "d" });
    watch.asked(run("c", "id", 1));
  }, false],
  ["that it has ended", (watch) => {
    watch.asked(run("c", "id", 1));
    const outcome = {
      status: "succeeded",
      output: "",
      truncatedBytes: 0,
      exitCode: 0,
      executionTimeMs: 1,
    } as const;
    watch.heard({ is: "ended", id: "c", outcome });
    watch.asked({ do: "cancel", id: "c" });
  }, false],
];

for (const [what, steps, late] of LATE) {
  Deno.test(`a runner that says ${what} is ${late ? "" : "not "}late`, async () => {
    const told: string[] = [];
    using watch = new AnswerWatch(() => told.push("late"), 0);
    steps(watch);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(told, late ? ["late"] : []);
  });
}
