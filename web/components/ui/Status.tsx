/** How an agent is, as a word with a sign beside it. */
import type { AgentInfo } from "../../../shared/model/agent.ts";
import { useTexts } from "./Page.tsx";

export function Status({ agent }: { agent: Pick<AgentInfo, "is_online" | "status"> }) {
  const t = useTexts("common");
  const status = agent.is_online ? agent.status : "offline";
  return <span class={`status status-${status}`}>{t.status[status] ?? status}</span>;
}
