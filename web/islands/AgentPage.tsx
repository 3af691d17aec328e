/** One agent: how it is, when it was there, and its commands, tasks or messages. */
import { useEffect, useMemo } from "preact/hooks";
import { AgentHead } from "../components/agents/AgentHead.tsx";
import { AgentOverview } from "../components/agents/AgentOverview.tsx";
import { AgentMessages } from "../components/agents/AgentMessages.tsx";
import { AgentTasks } from "../components/agents/AgentTasks.tsx";
import { AgentViews } from "../components/agents/AgentViews.tsx";
import { CommandConsole } from "../components/agents/CommandConsole.tsx";
import { NobodyOnline } from "../components/ui/NobodyOnline.tsx";
import { Page, useClock, useTexts } from "../components/ui/Page.tsx";
import { PageFrame } from "../components/ui/PageFrame.tsx";
import { AgentDesk, type AgentFirst } from "../lib/agents/agent_desk.ts";
import type { Speech } from "../lib/texts/texts.ts";
import { oneLine } from "../lib/ui/plain_text.ts";

export default function AgentPage({ speech, first }: { speech: Speech; first: AgentFirst }) {
  return (
    <Page speech={speech} now={first.now}>
      <OneAgent first={first} />
    </Page>
  );
}

function OneAgent({ first }: { first: AgentFirst }) {
  const desk = useMemo(() => new AgentDesk(first), []);
  useEffect(() => desk.open(), []);
  const t = useTexts("agents");
  const agent = desk.agent.value;
  return (
    <PageFrame
      title={oneLine(agent?.agent_name ?? "") || first.id}
      link={desk.roster.link}
      onRetry={() => desk.roster.retry()}
      live={useClock().live.value}
    >
      {!agent && desk.roster.isServerAway.value && <NobodyOnline isServerAway />}
      {agent && <AgentHead desk={desk} agent={agent} />}
      {desk.isForgotten.value && <p class="failure-line" role="alert">{t.forgotten}</p>}
      <AgentViews first={first} />
      {first.view === "overview" && <AgentOverview desk={desk} />}
      {desk.commands && <CommandConsole desk={desk} log={desk.commands} />}
      {desk.tasks && <AgentTasks list={desk.tasks} />}
      {desk.messages && <AgentMessages list={desk.messages} desk={desk} />}
    </PageFrame>
  );
}
