/** Stands in a test for a program of somebody's own that uses the library. */
import * as z from "zod";
import { Agent, startOnlyRunner } from "../../mod.ts";

console.error("the program of its own");
const agent = new Agent({
  name: "Ada",
  id: "agent_ada",
  server: Deno.env.get("PARLEY_TEST_SERVER")!,
  commands: await startOnlyRunner({ allow: ["printf *"] }),
});
agent.onCommand("double", z.object({ number: z.number() }), ({ number }) => 2 * number);
agent.onMessage(() => new Deno.Command("true").outputSync().success ? "It ran." : "It failed.");
await agent.run();
