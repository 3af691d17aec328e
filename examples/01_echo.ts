/**
 * The smallest agent: it answers with what it was told.
 *
 *   deno task start                          in one terminal
 *   deno run -A examples/01_echo.ts          in another
 */
import { Agent } from "../agent/mod.ts";

const agent = new Agent({ name: "Parrot", capabilities: ["chat"] });

agent.onMessage(({ text }) => `You said: ${text}`);

await agent.run();
