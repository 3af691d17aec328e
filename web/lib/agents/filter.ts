/** Which agents a reader wants to see, as the address says it. */
import type { AgentInfo } from "../../../shared/model/agent.ts";

/** The choices of `status`; the empty one is everybody. */
export const STATUS_CHOICES = ["", "online", "idle", "busy", "paused", "error", "offline"] as const;
export type StatusChoice = typeof STATUS_CHOICES[number];

export interface AgentFilter {
  query: string;
  status: StatusChoice;
}

const LONGEST_QUERY = 200;

/** Reads the filter from the address; what it does not know counts as not said. */
export function filterIn(search: URLSearchParams): AgentFilter {
  const status = search.get("status");
  return {
    query: (search.get("q") ?? "").slice(0, LONGEST_QUERY),
    status: STATUS_CHOICES.find((choice) => choice === status) ?? "",
  };
}

/** Writes the address of the list with this filter. */
export function addressOf({ query, status }: AgentFilter): string {
  const said = Object.entries({ q: query.trim(), status }).filter(([, value]) => value !== "");
  return said.length === 0 ? "/agents" : `/agents?${new URLSearchParams(said)}`;
}

/** Tells whether nothing is left out. */
export function isEverybody({ query, status }: AgentFilter): boolean {
  return query.trim() === "" && status === "";
}

/** Tells whether an agent is shown: each word has to be somewhere in what is said of it. */
export function fits(agent: AgentInfo, { query, status }: AgentFilter): boolean {
  if (status === "online" && !agent.is_online) return false;
  if (status !== "" && status !== "online" && shownStatus(agent) !== status) return false;
  const text = wordsOf(agent);
  return query.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

/** Gives the status that is shown: whoever is away is offline, whatever they said last. */
export function shownStatus({ is_online, status }: Pick<AgentInfo, "is_online" | "status">): string {
  return is_online ? status : "offline";
}

function wordsOf({ agent_name, agent_id, agent_role, hostname, version, capabilities }: AgentInfo): string {
  return [agent_name, agent_id, agent_role, hostname, version, ...capabilities ?? []].join("\n")
    .toLowerCase();
}
