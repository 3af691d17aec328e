/** A live list that does not move under its reader: what has not changed stays the same, and stays where it is. */
import type { AgentInfo } from "../../../shared/model/agent.ts";

/** Gives `next` with the objects of `previous` where they say the same, so that only what changed is drawn. */
export function keepUnchanged(previous: readonly AgentInfo[], next: readonly AgentInfo[]): AgentInfo[] {
  const known = new Map(previous.map((agent) => [agent.agent_id, agent]));
  return next.map((agent) => {
    const before = known.get(agent.agent_id);
    return before && (before === agent || JSON.stringify(before) === JSON.stringify(agent)) ? before : agent;
  });
}

/** Gives `agents` in the order of `ids`, with those that are not among them at the end. */
export function inHeldOrder(ids: readonly string[], agents: readonly AgentInfo[]): AgentInfo[] {
  const places = new Map(ids.map((id, place) => [id, place]));
  const placeOf = ({ agent_id }: AgentInfo) => places.get(agent_id) ?? ids.length;
  return agents.toSorted((a, b) => placeOf(a) - placeOf(b));
}
