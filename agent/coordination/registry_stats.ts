/** The figures of who is there, under the names that the documents give them. */
import type { AgentInfo } from "./backend.ts";

export interface RegistryStats {
  total_agents: number;
  online_agents: number;
  /** Online, and able to take another task. */
  available_agents: number;
  agents_by_role: Record<string, number>;
  agents_by_status: Record<string, number>;
  /** Tasks that those online have, and can have. */
  current_tasks: number;
  total_capacity: number;
  /** The tasks of those online as a part of what they can take, 0 to 1 on average; 0 when nobody is. */
  average_load: number;
}

/** Adds up what is known of agents. */
export function registryStatsOf(agents: readonly AgentInfo[]): RegistryStats {
  const online = agents.filter(({ isOnline }) => isOnline);
  return {
    total_agents: agents.length,
    online_agents: online.length,
    available_agents: online.filter(isAvailable).length,
    agents_by_role: countBy(agents, ({ agentRole }) => agentRole),
    agents_by_status: countBy(agents, ({ status }) => status),
    current_tasks: sum(online, ({ currentTasks }) => currentTasks),
    total_capacity: sum(online, ({ maxConcurrentTasks }) => maxConcurrentTasks),
    average_load: online.length === 0 ? 0 : sum(online, ({ load }) => load) / online.length,
  };
}

/** Tells whether an agent can be given something now. */
export function isAvailable({ isOnline, status, currentTasks, maxConcurrentTasks }: AgentInfo): boolean {
  return isOnline && status !== "paused" && status !== "error" && currentTasks < maxConcurrentTasks;
}

function sum(agents: readonly AgentInfo[], of: (agent: AgentInfo) => number): number {
  return agents.reduce((total, agent) => total + of(agent), 0);
}

function countBy(agents: readonly AgentInfo[], of: (agent: AgentInfo) => string): Record<string, number> {
  const counts = new Map<string, number>();
  for (const agent of agents) counts.set(of(agent), (counts.get(of(agent)) ?? 0) + 1);
  return Object.fromEntries(counts);
}
