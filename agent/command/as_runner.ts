/**
 * Makes a process that was started as a runner be one and nothing else. A bundled or compiled agent is its own runner:
 * the same file, started with other permissions. The library imports this first, so that nothing of the program that
 * uses it runs there a second time.
 */
import { RUNNER_ARGUMENT } from "./runner_client.ts";

const [first, start] = Deno.args;
if (first === RUNNER_ARGUMENT && start !== undefined) {
  const { serveRunner } = await import("./runner_process.ts");
  Deno.exit(await serveRunner(start));
}
