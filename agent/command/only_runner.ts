/** Makes a process that reaches the network unable to run anything but the runner it has started. */
import { logOf } from "../../shared/log.ts";
import { allowsAny, type CommandRules, RunnerClient } from "./runner_client.ts";

const log = logOf("agent", "command");

/**
 * Starts the runner where `rules` let anything run, and gives up what this process could run programs by: the
 * permissions to start them and to call native libraries. A runner that dies afterwards cannot be started again from
 * here; at a terminal without `--no-prompt` Deno asks the person for what was given up. A process that may write any
 * file is warned of: it could change what is run at another time. Throws `ConfigError` that lists the rules' faults.
 */
export async function startOnlyRunner(rules: CommandRules): Promise<RunnerClient | undefined> {
  const runner = allowsAny(rules) ? await RunnerClient.start(rules) : undefined;
  for (const name of ["run", "ffi"] as const) await Deno.permissions.revoke({ name });
  if (runner && (await Deno.permissions.query({ name: "write" })).state === "granted") {
    const way = "Start it without -A and --allow-write, or with --allow-write=FOLDER.";
    log.warning("This process may write every file, also those that others run. {way}", { way });
  }
  return runner;
}
