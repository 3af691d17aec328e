/** From what a person calls an agent to its id, and back. */
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
  /**
   * For who wants an answer now: of several with the name, the one is meant that is online, if only one is. Called with
   * a sentence that says so.
   */
  onPreferred?: (sentence: string) => void;
}

/**
 * Gives the id of the agent that has `given` as its id, or alone as its name, whatever the case. What has the form of
 * an id passes, for the server to judge. Throws `not_found`, and `UsageError` with the ids when several have the name.
 */
export function find(
  agents: readonly Named[],
  given: string,
  { onPreferred }: FindOptions = {},
): string {
  if (agents.some(({ agent_id }) => agent_id === given)) return given;
  const wanted = given.trim().toLowerCase();
  const found = agents.filter(({ agent_name }) => agent_name.trim().toLowerCase() === wanted);
  const online = found.filter(({ status }) => status !== "offline");
  if (found.length > 1) {
    const [one] = online;
    if (!one || online.length > 1 || !onPreferred) throw ambiguous(given, found);
    onPreferred(
      `Of ${found.length} agents with the name '${given}' this is ${one.agent_id}, which is online.`,
    );
    return one.agent_id;
  }
  if (found[0]) return found[0].agent_id;
  if (prefixOf(given)) return given;
  throw new ParleyError(
    "not_found",
    `There is no agent '${given}'. \`agents\` lists those that are known.`,
  );
}

/** Gives what tells the name of each of these agents by its id; anybody else is called by the id. */
export function namesOf(agents: readonly Named[]): (agentId: string) => string {
  const names = new Map(agents.map(({ agent_id, agent_name }) => [agent_id, agent_name]));
  return (agentId) => names.get(agentId) ?? agentId;
}

function ambiguous(given: string, found: readonly Named[]): UsageError {
  const lines = found.map(({ agent_id, status }) => `  ${agent_id}  ${status}`);
  return new UsageError(
    [`${found.length} agents have the name '${given}'. Say which by its id:`, ...lines].join("\n"),
  );
}
