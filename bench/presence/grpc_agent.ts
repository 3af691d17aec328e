/** Agents written with our library, held as they are in a process of their own: HOST:PORT, name, how many. */
import { Agent } from "../../agent/mod.ts";

/** Starts `count` agents named after `name`; with one it is the name itself. */
export async function openAgents(server: string, name: string, count = 1): Promise<Agent[]> {
  const names = count === 1 ? [name] : Array.from({ length: count }, (_, at) => `${name}-${at}`);
  const agents = names.map((id) => new Agent({ name: id, id, server }));
  for (const agent of agents) await agent.onMessage(({ text }) => text).start();
  return agents;
}

if (import.meta.main) await openAgents(Deno.args[0]!, Deno.args[1]!, Number(Deno.args[2] ?? 1));
