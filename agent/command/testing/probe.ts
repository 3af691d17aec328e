/** Stands in a test for an agent's main module: starts the runner as it does, then tries to run something. */
import { startOnlyRunner } from "../only_runner.ts";

await using runner = await startOnlyRunner({ allow: ["df -h"] });
const attempts: Record<string, () => unknown> = {
  spawn: () => new Deno.Command("true").outputSync(),
  deno: () => new Deno.Command(Deno.execPath(), { args: ["--version"] }).outputSync(),
  kill: () => Deno.kill(runner!.pid, "SIGTERM"),
  asked: () => Deno.permissions.requestSync({ name: "run" }).state === "granted",
};
for (const [name, attempt] of Object.entries(attempts)) console.log(name, outcomeOf(attempt));

function outcomeOf(attempt: () => unknown): string {
  try {
    return attempt() === false ? "refused" : "done";
  } catch (error) {
    return error instanceof Deno.errors.NotCapable ? "refused" : String(error);
  }
}
