/** Who is there, as the dashboard shows it. */
import type { AgentInfo, AgentStatusUpdate } from "../../../shared/model/agent.ts";

/** Takes an update in: every agent, or those that changed. The result is ordered as it is shown. */
export function updated(
  agents: readonly AgentInfo[],
  update: Pick<AgentStatusUpdate, "agents" | "is_full_update">,
): AgentInfo[] {
  const kept = update.is_full_update === false ? agents : [];
  const byId = new Map([...kept, ...update.agents].map((agent) => [agent.agent_id, agent]));
  return inOrder([...byId.values()].filter(({ removed }) => !removed));
}

/** Puts who is online first, and then goes by name. */
export function inOrder(agents: readonly AgentInfo[]): AgentInfo[] {
  return agents.toSorted((a, b) =>
    +b.is_online - +a.is_online || compare(a.agent_name, b.agent_name) ||
    compare(a.agent_id, b.agent_id)
  );
}

/** Gives the name to show for `id`, or undefined when nobody of that id is known. */
export function nameOf(agents: readonly AgentInfo[], id: string | undefined): string | undefined {
  return agents.find(({ agent_id }) => agent_id === id)?.agent_name || undefined;
}

/** Tells whether the agent of that id is known not to be there. */
export function isOffline(agents: readonly AgentInfo[], id: string): boolean {
  return agents.some(({ agent_id, is_online }) => agent_id === id && !is_online);
}

/** Gives the id of an agent that is online and answers questions about the system, if there is one. */
export function helperOf(agents: readonly AgentInfo[]): string | undefined {
  return agents.find(({ is_online, capabilities }) => is_online && capabilities?.includes("help"))?.agent_id;
}

/** Gives the colour, 0 to 7, by which an agent is told apart; it follows from the id alone. */
export function hueOf(id: string): number {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + character.codePointAt(0)!) % 4093;
  return sum % 8;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
