/** This broker's copy of the roster: who is there, as the server last said. */
import type * as wire from "../shared/grpc/gen/agent_status.ts";
import { type AgentInfo, toAgentStatus } from "../shared/model/agent.ts";
import type { Roster } from "./router.ts";

/** Says who is there (`isFull`), or who among those known has changed. */
export interface RosterUpdate {
  agents: readonly AgentInfo[];
  isFull: boolean;
}

/** Holds the agents that the server told of. Each update replaces the entries it names, so an entry never changes. */
export class AgentRoster implements Roster {
  readonly #agents = new Map<string, AgentInfo>();
  readonly #first = Promise.withResolvers<void>();
  #online: readonly AgentInfo[] = [];

  /** Resolves once the server has spoken for the first time: before that, nobody being here means nothing. */
  get ready(): Promise<void> {
    return this.#first.promise;
  }

  find(agentId: string): AgentInfo | undefined {
    return this.#agents.get(agentId);
  }

  get online(): readonly AgentInfo[] {
    return this.#online;
  }

  /** Takes over what the server said: everything when it is full, and else only the agents it names. */
  apply({ agents, isFull }: RosterUpdate): void {
    if (isFull) this.#agents.clear();
    for (const agent of agents) this.#put(agent);
    this.#online = [...this.#agents.values()].filter(({ is_online }) => is_online);
    this.#first.resolve();
  }

  #put(agent: AgentInfo): void {
    if (agent.removed) this.#agents.delete(agent.agent_id);
    else this.#agents.set(agent.agent_id, agent);
  }
}

/** Reads an agent from the status stream. A server of another make sends the first four fields alone. */
export function fromWire(agent: wire.AgentInfo): AgentInfo {
  return {
    agent_id: agent.agentId,
    agent_name: agent.agentName,
    is_online: agent.isOnline,
    last_seen: agent.lastSeen,
    status: agent.isOnline ? toAgentStatus(agent.status, agent.loadFactor) : "offline",
    status_text: agent.statusText,
    agent_role: agent.agentRole,
    version: agent.version,
    hostname: agent.hostname,
    platform: agent.platform,
    capabilities: agent.capabilities,
    attributes: {},
    current_tasks: agent.currentTasks,
    max_concurrent_tasks: Math.max(1, agent.maxConcurrentTasks),
    load_factor: agent.loadFactor,
    metrics: {},
    removed: agent.removed,
  };
}
