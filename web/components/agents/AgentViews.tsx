/** The ways to what can be seen of an agent; each has an address of its own. */
import type { AgentFirst } from "../../lib/agents/agent_desk.ts";
import { viewAddress, VIEWS } from "../../lib/agents/views.ts";
import { useTexts } from "../ui/Page.tsx";

export function AgentViews({ first: { id, view } }: { first: AgentFirst }) {
  const t = useTexts("agents");
  return (
    <nav class="tabs" aria-label={t.views}>
      <ul>
        {VIEWS.map((name) => (
          <li key={name}>
            <a href={viewAddress(id, name)} aria-current={name === view ? "page" : undefined}>
              {t.viewNames[name]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
