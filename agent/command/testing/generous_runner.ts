/** Stands in a test for a compiled program: a runner that is started with every permission, and says what it has kept. */
import { serveRunner } from "../runner_process.ts";

const code = await serveRunner(Deno.args[0]!);
for (const name of ["net", "import", "run"] as const) {
  console.error(name, (await Deno.permissions.query({ name })).state);
}
Deno.exit(code);
