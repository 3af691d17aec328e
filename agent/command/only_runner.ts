/** Makes a process that reaches the network unable to run anything but the runner it has started. */
import { logOf } from "../../shared/log.ts";
import { allowsAny, type CommandRules, RunnerClient } from "./runner_client.ts";

const log = logOf("agent", "command");

/**
 * Starts the runner where `rules` let anything run, and gives up what this process could run programs by: the
 * permissions to start them and to call native libraries. A runner that dies afterwards cannot be started again from
 * here. Warned of are a process that may write any file, since it could change what is run at another time, and one at
 * a terminal without `--no-prompt`, where Deno asks the person for what was given up. Throws `ConfigError` that lists
 * the rules' faults.
 */
export async function startOnlyRunner(rules: CommandRules): Promise<RunnerClient | undefined> {
  const runner = allowsAny(rules) ? await RunnerClient.start(rules) : undefined;
  for (const name of ["run", "ffi"] as const) await Deno.permissions.revoke({ name });
  if (runner && await asksAtTerminal()) {
    log.warning(
      "Whoever answers Deno's questions here could let this process run programs. Start it with --no-prompt.",
    );
  }
  if (runner && (await Deno.permissions.query({ name: "write" })).state === "granted") {
    const way = "Start it without -A and --allow-write, or with --allow-write=FOLDER.";
    log.warning("This process may write every file, also those that others run. {way}", { way });
  }
  return runner;
}

/** Tells whether Deno would ask for what this process has no permission for: with `--no-prompt` it denies it. */
async function asksAtTerminal(): Promise<boolean> {
  return Deno.stdin.isTerminal() && (await Deno.permissions.query({ name: "run" })).state === "prompt";
}
