/** From what a person calls an agent to its id. */
import type { AgentInfo } from "../shared/model/agent.ts";
import { ParleyError } from "../shared/error.ts";
import { prefixOf } from "../shared/model/id.ts";
import type { Api } from "./api.ts";
import { UsageError } from "./fault.ts";

type Named = Pick<AgentInfo, "agent_id" | "agent_name" | "status">;

/** Asks the server who is meant by an id or a name. Throws as `find` does. */
export async function resolve(api: Api, given: string, options: FindOptions = {}): Promise<string> {
  return find((await api.list<AgentInfo>("/api/agents")).items, given, options);
}

export interface FindOptions {
  /** Whether, of several with the name, the one is meant that is online, if only one is: for who wants an answer now. */
  prefersOnline?: boolean;
}

/**
 * Gives the id of the agent that has `given` as its id, or alone as its name, whatever the case. What has the form of
 * an id passes, for the server to judge. Throws `not_found`, and `UsageError` with the ids when several have the name.
 */
export function find(
  agents: readonly Named[],
  given: string,
  { prefersOnline = false }: FindOptions = {},
): string {
  if (agents.some(({ agent_id }) => agent_id === given)) return given;
  const wanted = given.trim().toLowerCase();
  const found = agents.filter(({ agent_name }) => agent_name.trim().toLowerCase() === wanted);
  const online = found.filter(({ status }) => status !== "offline");
  const [one, ...others] = prefersOnline && online.length === 1 ? online : found;
  if (one && others.length > 0) throw ambiguous(given, found);
  if (one) return one.agent_id;
  if (prefixOf(given)) return given;
  throw new ParleyError(
    "not_found",
    `There is no agent '${given}'. \`agents\` lists those that are known.`,
  );
}

function ambiguous(given: string, found: readonly Named[]): UsageError {
  const lines = found.map(({ agent_id, status }) => `  ${agent_id}  ${status}`);
  return new UsageError(
    [`${found.length} agents have the name '${given}'. Say which by its id:`, ...lines].join("\n"),
  );
}
