/**
 * An agent that carries out commands: programs that its owner allows, and a function of its own.
 *
 *   deno run -A examples/05_commands.ts
 *   deno task cli -- command Keeper -- df -h
 *   deno task cli -- command Keeper --function count-down --input '{"from": 3}'
 */
import { z } from "zod";
import { Agent, startOnlyRunner } from "../agent/mod.ts";

const agent = new Agent({
  name: "Keeper",
  role: "worker",
  capabilities: ["only-when-named"],
  // This process reaches the network. From here on it can run nothing itself: a process of its own does, and reaches none.
  commands: await startOnlyRunner({ allow: ["df -h"] }),
});

agent.onCommand(
  "count-down",
  z.object({ from: z.number().int().min(1).max(60) }),
  async ({ from }, context) => {
    for (let left = from; left > 0 && !context.signal.aborted; left--) {
      context.output(`${left}\n`);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    return "Done.";
  },
);

agent.onMessage(() => "I carry out commands and do not chat.");

await agent.run();
