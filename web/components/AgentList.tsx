/** Who is there: each agent with its status, what it can do, and when it was last seen. */
import type { AgentInfo } from "../../shared/model/agent.ts";
import type { Desk } from "../lib/desk.ts";
import { oneLine } from "../lib/plain_text.ts";
import { texts } from "../lib/texts.ts";
import { Avatar } from "./Avatar.tsx";
import { CopyButton } from "./CopyButton.tsx";
import { Ago } from "./Time.tsx";

export function AgentList({ desk }: { desk: Desk }) {
  const agents = desk.agents.value;
  const online = agents.filter(({ is_online }) => is_online).length;
  return (
    <section class="agents" aria-labelledby="agents-title">
      <h2 id="agents-title">
        {texts.agents} <span class="count">{texts.online(online)}</span>
      </h2>
      {online === 0 && <NobodyOnline desk={desk} />}
      <ul>
        {agents.map((agent) => <AgentRow key={agent.agent_id} agent={agent} desk={desk} />)}
      </ul>
    </section>
  );
}

function AgentRow({ agent, desk }: { agent: AgentInfo; desk: Desk }) {
  const status = agent.is_online ? agent.status : "offline";
  const name = oneLine(agent.agent_name) || agent.agent_id;
  const capabilities = agent.capabilities ?? [];
  return (
    <li class="agent" data-agent={agent.agent_id}>
      <Avatar id={agent.agent_id} name={name} />
      <div>
        <p class="agent-name">
          <strong title={agent.agent_id}>{name}</strong>
          <span class={`status status-${status}`}>{texts.status[status] ?? status}</span>
        </p>
        {agent.is_online && agent.status_text && agent.status_text !== status && (
          <p class="quiet">{oneLine(agent.status_text)}</p>
        )}
        {capabilities.length > 0 && (
          <ul class="tags">{capabilities.map((name) => <li key={name}>{oneLine(name)}</li>)}</ul>
        )}
        <p class="quiet seen">
          {texts.lastSeen} <Ago iso={agent.last_seen} desk={desk} />
        </p>
      </div>
    </li>
  );
}

/** Says what to do, with the very command. */
export function NobodyOnline({ desk }: { desk: Desk }) {
  const isAway = desk.isServerAway.value;
  const command = isAway ? texts.serverCommand : texts.command;
  return (
    <div class="advice">
      <p>{isAway ? texts.serverAway : texts.noAgents}</p>
      <p class="command">
        <code>{command}</code>
        <CopyButton text={command} />
      </p>
    </div>
  );
}
