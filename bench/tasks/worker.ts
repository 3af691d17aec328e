/** One worker process of the product, which takes 100 tasks at once. */
import { Agent } from "../../agent/mod.ts";

const [server = "", name = "", busUrl = "hub"] = Deno.args;
const agent = new Agent({ name, server, busUrl });
agent.onTask("bench", { maxConcurrent: 100 }, ({ parameters, attempt }) => {
  if (parameters.fails === true && attempt === 1) throw new Error("once");
  return { length: String(parameters.body).length };
});
await agent.run();
