/** Runs an agent's programs, as a process of its own that cannot reach the network (architecture, "Who may what"). */
import { serveRunner } from "./runner_process.ts";

// The entry of its own process; a bundle has `serveRunner()` called by its main module.
Deno.exit(await serveRunner(Deno.args[0] ?? ""));
