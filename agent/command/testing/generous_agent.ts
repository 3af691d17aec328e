/** Stands in a test for an agent of a library's user that is started with every permission: what can it still run? */
import { setUpLog } from "../../../shared/log.ts";
import { startOnlyRunner } from "../only_runner.ts";

await setUpLog({ level: "info", format: "pretty" });
await using _runner = await startOnlyRunner({ allow: ["true"] });

const attempts = {
  command: () => new Deno.Command("true").outputSync(),
  library: () => Deno.dlopen("libc.so.6", { system: { parameters: ["buffer"], result: "i32" } }),
};
for (const [name, attempt] of Object.entries(attempts)) {
  try {
    attempt();
    console.log(name, "done");
  } catch (error) {
    console.log(name, error instanceof Deno.errors.NotCapable ? "refused" : `failed: ${error}`);
  }
}
