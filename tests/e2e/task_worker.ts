/** An agent of the library for the tests of tasks: each task takes as long as it is told. */
import { Agent } from "../../agent/mod.ts";

const [server = "", id = "", workMs = "50"] = Deno.args;
const agent = new Agent({ name: "Worker", id, server, capabilities: [], maxConcurrent: 8 });

agent.onTask("count", async (task) => {
  task.progress(0.5);
  await new Promise((resolve) => {
    const timer = setTimeout(resolve, Number(workMs));
    task.signal.addEventListener("abort", () => (clearTimeout(timer), resolve(undefined)), { once: true });
  });
  return { number: task.parameters.number, by: Deno.pid };
});
await agent.run();
