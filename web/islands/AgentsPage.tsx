/** Every agent, live. */
import { useEffect, useMemo } from "preact/hooks";
import { AgentFilterForm } from "../components/agents/AgentFilterForm.tsx";
import { AgentTable } from "../components/agents/AgentTable.tsx";
import { ControlAll } from "../components/agents/ControlAll.tsx";
import { Page, useClock, useTexts } from "../components/ui/Page.tsx";
import { PageFrame } from "../components/ui/PageFrame.tsx";
import { AgentBoard, type AgentsFirst } from "../lib/agents/agent_board.ts";
import type { Speech } from "../lib/texts/texts.ts";

export default function AgentsPage({ speech, first }: { speech: Speech; first: AgentsFirst }) {
  return (
    <Page speech={speech} now={first.now}>
      <Agents first={first} />
    </Page>
  );
}

function Agents({ first }: { first: AgentsFirst }) {
  const t = useTexts("agents");
  const board = useMemo(() => new AgentBoard(first), []);
  useEffect(() => board.open(), []);
  return (
    <PageFrame
      title={t.title}
      link={board.roster.link}
      onRetry={() => board.roster.retry()}
      live={useClock().live.value}
    >
      <div class="toolbar agents-bar">
        <AgentFilterForm board={board} />
        <ControlAll board={board} />
      </div>
      <AgentTable board={board} />
    </PageFrame>
  );
}
