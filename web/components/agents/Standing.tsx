/** What operators decided about an agent, where its status does not say it. */
import type { AgentInfo } from "../../../shared/model/agent.ts";
import { useTexts } from "../ui/Page.tsx";

export function Standing({ agent }: { agent: AgentInfo }) {
  const t = useTexts("agents");
  if (agent.is_taken_off) return <span class="standing">{t.takenOff}</span>;
  const isSaid = agent.is_online && agent.status === "paused";
  return agent.is_paused && !isSaid ? <span class="standing">{t.keptPaused}</span> : null;
}
