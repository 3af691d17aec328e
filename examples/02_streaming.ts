/**
 * An agent that shows its answer while it writes, and stops when the person does not want any more of it.
 *
 *   deno run -A examples/02_streaming.ts
 */
import { Agent } from "../agent/mod.ts";

const agent = new Agent({ name: "Countdown", capabilities: ["counting"] });

agent.onMessage(async ({ text, write, signal }) => {
  const from = Math.min(Number(/\d+/.exec(text)?.[0] ?? 10), 60);
  for (let second = from; second > 0 && !signal.aborted; second--) {
    write(`${second} … `);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  write("done.");
  // What was written is the reply; returning a text would replace it.
});

await agent.run();
