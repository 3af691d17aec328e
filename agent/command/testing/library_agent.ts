/** Stands in a test for a program of somebody's own that uses the library. */
import { Agent } from "../../mod.ts";

console.error("the program of its own");
const agent = new Agent({
  name: "Ada",
  id: "agent_ada",
  server: Deno.env.get("PARLEY_TEST_SERVER")!,
  commands: { allow: ["printf *"] },
});
await agent.run();
