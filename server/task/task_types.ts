/** The types of tasks that agents say they take, so that a form can be shown for each. */
import {
  NO_TASKS,
  TASK_DESCRIPTION_PREFIX,
  TASK_SCHEMA_PREFIX,
  TASK_TYPES_ATTRIBUTE,
} from "../../shared/model/task.ts";
import type { Agent } from "../presence/agent.ts";
import type { TakenType } from "./workers.ts";

/** An agent, and what it says on the stream it has open; undefined without one. */
export interface Taker {
  agent: Readonly<Pick<Agent, "id" | "name" | "isOnline" | "attributes">>;
  stream: readonly TakenType[] | undefined;
}

export interface TakenTaskType {
  task_type: string;
  /** Empty where nobody gives one. */
  description: string;
  /** JSON schema; null where nobody gives one. */
  parameters_schema: Record<string, unknown> | null;
  agents: { agent_id: string; agent_name: string; is_online: boolean }[];
}

/**
 * Lists the types by name, each with who takes it: those that are online first. Of several that describe a type, the
 * first one counts.
 */
export function taskTypesOf(takers: readonly Taker[]): TakenTaskType[] {
  const byType = new Map<string, Taker["agent"][]>();
  for (const taker of takers.toSorted(onlineFirst)) {
    for (const type of typesOf(taker)) {
      const agents = byType.get(type);
      if (agents) agents.push(taker.agent);
      else byType.set(type, [taker.agent]);
    }
  }
  return [...byType].sort(([one], [other]) => one < other ? -1 : 1).map(([type, agents]) => ({
    task_type: type,
    description: firstOf(agents, (agent) => agent.attributes[TASK_DESCRIPTION_PREFIX + type]) ?? "",
    parameters_schema: firstOf(agents, (agent) => schemaIn(agent.attributes[TASK_SCHEMA_PREFIX + type])) ??
      null,
    agents: agents.map(({ id, name, isOnline }) => ({ agent_id: id, agent_name: name, is_online: isOnline })),
  }));
}

function onlineFirst({ agent: one }: Taker, { agent: other }: Taker): number {
  if (one.isOnline !== other.isOnline) return one.isOnline ? -1 : 1;
  return one.name.localeCompare(other.name) || (one.id < other.id ? -1 : 1);
}

function typesOf({ agent: { attributes }, stream = [] }: Taker): Set<string> {
  const said = (attributes[TASK_TYPES_ATTRIBUTE] ?? "").split(/\s+/).filter((word) => word !== "");
  const described = Object.keys(attributes).flatMap((name) => {
    const prefix = [TASK_SCHEMA_PREFIX, TASK_DESCRIPTION_PREFIX].find((prefix) => name.startsWith(prefix));
    return prefix === undefined || name === prefix ? [] : [name.slice(prefix.length)];
  });
  const taken = said.join() === NO_TASKS ? [] : said;
  return new Set([...taken, ...stream.map(({ taskType }) => taskType), ...described]);
}

function firstOf<T>(agents: readonly Taker["agent"][], find: (agent: Taker["agent"]) => T | undefined) {
  for (const agent of agents) {
    const found = find(agent);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Reads what an agent says is a schema; undefined where that is no JSON object. */
function schemaIn(json: string | undefined): Record<string, unknown> | undefined {
  if (json === undefined) return undefined;
  try {
    const schema: unknown = JSON.parse(json);
    const isObject = typeof schema === "object" && schema !== null && !Array.isArray(schema);
    return isObject ? schema as Record<string, unknown> : undefined;
  } catch {
    return undefined;
  }
}
