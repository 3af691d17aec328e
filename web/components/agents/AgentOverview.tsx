/** What is known of an agent, and when it was there. */
import type { AgentInfo } from "../../../shared/model/agent.ts";
import type { AgentDesk } from "../../lib/agents/agent_desk.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { useTexts } from "../ui/Page.tsx";
import { Availability } from "./Availability.tsx";
import { Capabilities } from "./Capabilities.tsx";
import { Load } from "./Load.tsx";
import { Pairs } from "./Pairs.tsx";

export function AgentOverview({ desk }: { desk: AgentDesk }) {
  const agent = desk.agent.value;
  return (
    <>
      <Availability desk={desk} />
      {agent && <Facts agent={agent} />}
    </>
  );
}

function Facts({ agent }: { agent: AgentInfo }) {
  const t = useTexts("agents");
  const plain = [
    [t.agent, agent.agent_name],
    [t.role, agent.agent_role],
    [t.version, agent.version],
    [t.host, agent.hostname],
    [t.platform, agent.platform],
  ] as const;
  return (
    <section class="section" aria-labelledby="facts-title">
      <h2 id="facts-title">{t.facts}</h2>
      <div class="card agent-facts">
        <dl class="facts">
          <div>
            <dt>{t.load}</dt>
            <dd>
              <Load agent={agent} />
            </dd>
          </div>
          {plain.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd dir="auto">{oneLine(value ?? "") || t.none}</dd>
            </div>
          ))}
        </dl>
        <dl class="facts-long">
          <dt>{t.capabilities}</dt>
          <dd>
            <Capabilities names={agent.capabilities ?? []} most={30} />
          </dd>
          <Pairs title={t.attributes} pairs={agent.attributes ?? {}} />
          <Pairs title={t.metrics} pairs={agent.metrics ?? {}} />
        </dl>
      </div>
    </section>
  );
}
