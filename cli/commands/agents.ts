/** `agents`: who is there. */
import type { AgentInfo } from "../../shared/model/agent.ts";
import { agentsTable } from "../format/agents_table.ts";
import type { Workplace } from "../workplace.ts";

export interface AgentsOptions {
  online?: boolean;
  capability?: string;
}

export async function agents(
  { online, capability }: AgentsOptions,
  { api, screen }: Workplace,
): Promise<void> {
  const found = await api.list<AgentInfo>("/api/agents", { online: online || undefined, capability });
  if (screen.isJson) return screen.document(found);
  if (found.items.length === 0) return screen.say("No agent is known.");
  const { width, isColoured } = screen;
  screen.out(agentsTable(found.items, { width, isColoured, nowMs: Date.now() }));
}
