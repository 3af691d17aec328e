/**
 * A worker that says what its tasks take: the dashboard shows a form for them, and what does not fit never comes here.
 *
 *   deno run -A examples/08_task_form.ts
 *   deno task cli -- task submit dice --param rolls=3 --wait
 */
import { z } from "zod";
import { Agent } from "../agent/mod.ts";

const agent = new Agent({ name: "Croupier", role: "worker", capabilities: ["only-when-named"] });

const parameters = z.object({
  rolls: z.int().min(1).max(100).describe("How often"),
  sides: z.int().min(2).max(100).default(6).describe("How many sides the dice has"),
});

agent.onTask("dice", { description: "Rolls a dice.", parameters, maxConcurrent: 2 }, ({ parameters }) => {
  const { rolls, sides } = parameters;
  const rolled = Array.from({ length: rolls }, () => 1 + Math.floor(Math.random() * sides));
  return { rolled, sum: rolled.reduce((sum, each) => sum + each, 0) };
});

agent.onMessage(() => "I roll dice when somebody asks for a task of the type `dice`.");

await agent.run();
