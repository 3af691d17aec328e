/** Who is there, kept up to date from `AGENT_STATUS_UPDATE`s, and what each of them changed. */
import type { AgentInfo } from "../shared/model/agent.ts";

export type Roster = ReadonlyMap<string, AgentInfo>;

export interface Update {
  is_full_update?: boolean;
  agents: readonly AgentInfo[];
}

/**
 * Takes an update in. `changes` are the agents that are new, other than before, or gone (`removed`); in a full update
 * those that were only seen or measured again have not changed.
 */
export function updated(known: Roster, update: Update): { roster: Roster; changes: AgentInfo[] } {
  const isFull = update.is_full_update !== false;
  const roster = new Map(isFull ? [] : known);
  for (const agent of update.agents) {
    if (agent.removed) roster.delete(agent.agent_id);
    else roster.set(agent.agent_id, agent);
  }
  const gone = isFull ? [...known.values()].filter(({ agent_id }) => !roster.has(agent_id)) : [];
  const told = isFull
    ? update.agents.filter((agent) => isNews(known.get(agent.agent_id), agent))
    : update.agents;
  return { roster, changes: [...told, ...gone.map(asGone)] };
}

function isNews(before: AgentInfo | undefined, agent: AgentInfo): boolean {
  return !before || essence(before) !== essence(agent);
}

function essence({ last_seen: _seen, metrics: _metrics, ...rest }: AgentInfo): string {
  return JSON.stringify(Object.entries(rest).toSorted(([one], [other]) => one < other ? -1 : 1));
}

function asGone(agent: AgentInfo): AgentInfo {
  return { ...agent, is_online: false, status: "offline", removed: true };
}

/** Puts who is online first, and then goes by name. */
export function inOrder(roster: Roster): AgentInfo[] {
  return [...roster.values()].sort((a, b) =>
    +b.is_online - +a.is_online || a.agent_name.localeCompare(b.agent_name) ||
    (a.agent_id < b.agent_id ? -1 : 1)
  );
}
