/** Who is there: each agent with its status, what it can do, and when it was last seen. */
import type { AgentInfo } from "../../../shared/model/agent.ts";
import type { Desk } from "../../lib/chat/desk.ts";
import { counted } from "../../lib/texts/fill.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { NobodyOnline } from "../ui/NobodyOnline.tsx";
import { useLanguage, useTexts } from "../ui/Page.tsx";
import { Status } from "../ui/Status.tsx";
import { Ago } from "../ui/Time.tsx";

/** The conversations stand below: with more agents than these one goes to their own page. */
const MOST_SHOWN = 8;

export function AgentList({ desk }: { desk: Desk }) {
  const [t, common, language] = [useTexts("chat"), useTexts("common"), useLanguage()];
  const agents = desk.agents.value;
  const online = agents.filter(({ is_online }) => is_online).length;
  return (
    <section class="agents" aria-labelledby="agents-title">
      <h2 id="agents-title">
        {t.agents} <span class="count">{counted(common.online, online, language)}</span>
      </h2>
      {online === 0 && <NobodyOnline isServerAway={desk.isServerAway.value} />}
      <ul>
        {agents.slice(0, MOST_SHOWN).map((agent) => <AgentRow key={agent.agent_id} agent={agent} />)}
      </ul>
      {agents.length > MOST_SHOWN && (
        <p class="all-agents">
          <a href="/agents">{counted(t.allAgents, agents.length, language)}</a>
        </p>
      )}
    </section>
  );
}

function AgentRow({ agent }: { agent: AgentInfo }) {
  const t = useTexts("chat");
  const name = oneLine(agent.agent_name) || agent.agent_id;
  const capabilities = agent.capabilities ?? [];
  return (
    <li class="agent" data-agent={agent.agent_id}>
      <Avatar id={agent.agent_id} name={name} />
      <div>
        <p class="agent-name">
          <strong>
            <a href={`/agents/${encodeURIComponent(agent.agent_id)}`} title={agent.agent_id}>{name}</a>
          </strong>
          <Status agent={agent} />
        </p>
        {agent.is_online && agent.status_text && agent.status_text !== agent.status && (
          <p class="quiet">{oneLine(agent.status_text)}</p>
        )}
        {capabilities.length > 0 && (
          <ul class="tags">{capabilities.map((name) => <li key={name}>{oneLine(name)}</li>)}</ul>
        )}
        <p class="quiet seen">
          {t.lastSeen} <Ago iso={agent.last_seen} />
        </p>
      </div>
    </li>
  );
}
