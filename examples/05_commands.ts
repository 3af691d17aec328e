/**
 * An agent that carries out commands: programs that its owner allows, and a function of its own.
 *
 *   deno run --no-prompt --allow-net --allow-env --allow-read --allow-sys --allow-run examples/05_commands.ts
 *   deno task cli -- command Keeper -- df -h
 *   deno task cli -- command Keeper --function count-down --input '{"from": 3}'
 */
import { z } from "zod";
import { Agent, startOnlyRunner } from "../agent/mod.ts";

const agent = new Agent({
  name: "Keeper",
  // Started again it is the same agent, and gets what waited for it.
  id: "agent_keeper",
  role: "worker",
  capabilities: ["only-when-named"],
  // This process reaches the network. From here on it can run nothing itself: a process of its own does, and reaches none.
  // Started with -A it could still write files that others run.
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
