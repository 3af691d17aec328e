/** Commands among several servers: the one that has the agent acts, and all hear of it. */
import type { Errands } from "../errands.ts";
import type { Roster } from "../roster.ts";
import type { CommandNeighbours } from "./elsewhere.ts";

/** Leaves commands for the servers that have their agents, and tells all what becomes of them. */
export function commandNeighbours(
  roster: Roster,
  errands: () => Pick<Errands, "leave" | "sayToAll">,
): CommandNeighbours {
  return {
    async leave(agentId, commandId, telling) {
      const serverId = roster.servers.actingFor(roster.get(agentId)?.serverId ?? "");
      await errands().leave(serverId, { kind: "command", agentId, commandId, telling });
    },
    tell(command, piece) {
      if (roster.servers.others.size === 0) return;
      // Who watches it is told by its ids; what is large of it they read from the store.
      const small = { ...command, content: "", arguments: [], output: "" };
      errands().sayToAll({ kind: "command_news", agentId: command.agent_id, command: small, piece });
    },
  };
}
