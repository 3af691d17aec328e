/** The agents as a table, of which only the rows are drawn again that say something else. */
import { useMemo } from "preact/hooks";
import type { AgentInfo } from "../../../shared/model/agent.ts";
import type { AgentBoard } from "../../lib/agents/agent_board.ts";
import { isEverybody } from "../../lib/agents/filter.ts";
import { counted, fill } from "../../lib/texts/fill.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { CommandLine, NobodyOnline } from "../ui/NobodyOnline.tsx";
import { useLanguage, useTexts } from "../ui/Page.tsx";
import { Status } from "../ui/Status.tsx";
import { Ago } from "../ui/Time.tsx";
import { Capabilities } from "./Capabilities.tsx";
import { Load } from "./Load.tsx";
import { Standing } from "./Standing.tsx";

export function AgentTable({ board }: { board: AgentBoard }) {
  const [t, common] = [useTexts("agents"), useTexts("common")];
  const [found, most] = [board.fitting.value, board.rows.value];
  if (found.length === 0) return <NobodyThere board={board} />;
  const hold = (isHeld: boolean) => () => board.isHeld.value = isHeld;
  return (
    <section class="section" aria-labelledby="agents-count">
      <Count board={board} />
      <div
        class="rows agents-rows"
        onPointerEnter={hold(true)}
        onPointerLeave={hold(false)}
        onFocusCapture={hold(true)}
        onBlurCapture={hold(false)}
      >
        <table role="table" aria-label={t.list}>
          <thead role="rowgroup">
            <tr role="row">
              {[t.agent, t.status, t.capabilities, t.load, t.version, t.host, t.lastSeen].map((name) => (
                <th key={name} role="columnheader" scope="col">{name}</th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {found.slice(0, most).map((agent) => <Row key={agent.agent_id} agent={agent} />)}
          </tbody>
        </table>
      </div>
      {found.length > most && (
        <button type="button" class="button more" onClick={() => board.showMore()}>{common.more}</button>
      )}
    </section>
  );
}

function Count({ board }: { board: AgentBoard }) {
  const [t, common, language] = [useTexts("agents"), useTexts("common"), useLanguage()];
  const all = board.agents.value;
  const online = all.filter(({ is_online }) => is_online).length;
  const shown = board.fitting.value.length;
  return (
    <h2 id="agents-count">
      {shown === all.length
        ? counted(t.count, all.length, language)
        : fill(t.shownOf, { shown, all: counted(t.count, all.length, language) })}{" "}
      <span class="count">{counted(common.online, online, language)}</span>
    </h2>
  );
}

function Row({ agent }: { agent: AgentInfo }) {
  const t = useTexts("agents");
  return useMemo(() => {
    const name = oneLine(agent.agent_name) || agent.agent_id;
    return (
      <tr role="row" data-agent={agent.agent_id}>
        <td role="cell" class="who-cell">
          <div class="who">
            <Avatar id={agent.agent_id} name={name} />
            <div>
              <a class="clamp" href={`/agents/${encodeURIComponent(agent.agent_id)}`} dir="auto">{name}</a>
              <p class="quiet">{agent.agent_id}</p>
            </div>
          </div>
        </td>
        <td role="cell" data-name={t.status}>
          <Status agent={agent} /> <Standing agent={agent} />
        </td>
        <td role="cell" data-name={t.capabilities} class="can">
          <Capabilities names={agent.capabilities ?? []} most={6} />
        </td>
        <td role="cell" data-name={t.load}>
          <Load agent={agent} />
        </td>
        <td role="cell" data-name={t.version}>
          <span class="clamp" dir="auto">{oneLine(agent.version ?? "") || t.none}</span>
        </td>
        <td role="cell" data-name={t.host}>
          <span class="clamp" dir="auto">{oneLine(agent.hostname ?? "") || t.none}</span>
        </td>
        <td role="cell" data-name={t.lastSeen} class="seen">
          <Ago iso={agent.last_seen} />
        </td>
      </tr>
    );
  }, [agent, t]);
}

function NobodyThere({ board }: { board: AgentBoard }) {
  const [t, common] = [useTexts("agents"), useTexts("common")];
  if (board.agents.value.length > 0 && !isEverybody(board.filter.value)) {
    return (
      <div class="empty">
        <h2>{t.nobodyFits}</h2>
        <p>{t.nobodyFitsText}</p>
        <a class="button" href="/agents">{t.showAll}</a>
      </div>
    );
  }
  if (board.roster.isServerAway.value) return <NobodyOnline isServerAway />;
  return (
    <div class="empty">
      <h2>{t.nobody}</h2>
      <p>{t.nobodyText}</p>
      <CommandLine command={common.agentCommand} />
    </div>
  );
}
