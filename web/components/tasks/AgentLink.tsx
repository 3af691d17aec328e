/** The agent that has a task, by its name. */
import type { AgentInfo } from "../../../shared/model/agent.ts";
import { nameOf } from "../../lib/live/roster.ts";
import { oneLine, shortLine } from "../../lib/ui/plain_text.ts";

export function AgentLink({ id, agents }: { id: string; agents: readonly AgentInfo[] }) {
  return (
    <a href={`/agents/${encodeURIComponent(id)}`} title={oneLine(id)} dir="auto">
      {shortLine(nameOf(agents, id) ?? id) || id}
    </a>
  );
}
