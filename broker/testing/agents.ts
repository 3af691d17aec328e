/** Agents and rosters for the broker's tests. */
import type { AgentInfo } from "../../shared/model/agent.ts";
import type { Roster } from "../router.ts";

/** Makes an agent that is online and idle, with what the test cares about changed. */
export function agent(id: string, changes: Partial<AgentInfo> = {}): AgentInfo {
  return {
    agent_id: id,
    agent_name: id,
    is_online: true,
    last_seen: "2025-01-01T00:00:00.000Z",
    status: "idle",
    status_text: "",
    agent_role: "",
    version: "",
    hostname: "",
    platform: "",
    capabilities: [],
    attributes: {},
    current_tasks: 0,
    max_concurrent_tasks: 1,
    load_factor: 0,
    metrics: {},
    ...changes,
  };
}

/** Makes an agent that is known and not there. */
export function absent(id: string): AgentInfo {
  return agent(id, { is_online: false, status: "offline" });
}

/** Makes a roster of `agents` that never changes. */
export function rosterOf(...agents: AgentInfo[]): Roster {
  return {
    find: (id) => agents.find(({ agent_id }) => agent_id === id),
    online: agents.filter(({ is_online }) => is_online),
  };
}
