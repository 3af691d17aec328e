/** The warden alone: whom it ends when its runner is gone, and whom not. */
import { strict as assert } from "node:assert";
import { isAlive } from "../../shared/testing/task_process.ts";
import { untilGone } from "./testing/runner.ts";
import { Warden } from "./warden.ts";

function sleeper(): Deno.ChildProcess {
  return new Deno.Command("sleep", { args: ["1000"], detached: true, stdin: "null" }).spawn();
}

Deno.test("the warden ends the groups that there are, and none that is over: its number may be another's", async () => {
  const all = [sleeper(), sleeper(), sleeper(), sleeper()];
  const pids = all.map(({ pid }) => pid);
  const folder = await Deno.makeTempDir();
  const warden = Warden.start(crypto.randomUUID(), folder)!;
  for (const pid of pids) warden.tell("+", pid);
  warden.tell("-", pids[1]!);
  warden.tell("-", pids[3]!);
  await warden.close();
  await untilGone([pids[0]!, pids[2]!]);
  assert.deepEqual(pids.map(isAlive), [false, true, false, true]);
  await assert.rejects(Deno.stat(folder), Deno.errors.NotFound);
  for (const at of [1, 3]) all[at]!.kill("SIGKILL");
  await Promise.all(all.map(({ status }) => status));
});
