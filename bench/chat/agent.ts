/** The product's agent in its smallest form: it answers with the text it got. */
import { Agent } from "../../agent/mod.ts";

const [server, busUrl] = Deno.args;
const agent = new Agent({
  name: "Bench",
  id: "agent_bench",
  server: server!,
  busUrl: busUrl!,
  maxConcurrent: 64,
});
agent.onMessage(({ text }) => Promise.resolve(text));
await agent.run();
