/** How much an agent has to do, and how much it could. */
import type { AgentInfo } from "../../../shared/model/agent.ts";
import { fill } from "../../lib/texts/fill.ts";
import { useTexts } from "../ui/Page.tsx";

export function Load({ agent }: { agent: AgentInfo }) {
  const t = useTexts("agents");
  const { current_tasks: current = 0, max_concurrent_tasks: most = 1 } = agent;
  return (
    <span class="load">
      {fill(t.loadOf, { current, most })}
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect class="load-all" width="100" height="4" rx="2" />
        <rect class="load-now" width={Math.min(100, 100 * current / Math.max(1, most))} height="4" rx="2" />
      </svg>
    </span>
  );
}
