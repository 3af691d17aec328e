/** Makes a process that reaches the network unable to run anything but the runner it has started. */
import { allowsAny, type CommandRules, RunnerClient } from "./runner_client.ts";

/**
 * Starts the runner where `rules` let anything run, and gives this process's permission to run programs away for good.
 * A runner that dies afterwards cannot be started again from here. Throws `ConfigError` that lists the rules' faults.
 */
export async function startOnlyRunner(rules: CommandRules): Promise<RunnerClient | undefined> {
  const runner = allowsAny(rules) ? await RunnerClient.start(rules) : undefined;
  await Deno.permissions.revoke({ name: "run" });
  return runner;
}
