/** When an agent was there: a line of the period, how much of it that is, and the changes with their reasons. */
import { useState } from "preact/hooks";
import type { AgentDesk } from "../../lib/agents/agent_desk.ts";
import { type Change, type History, type Span, SPANS } from "../../lib/agents/history.ts";
import { viewAddress } from "../../lib/agents/views.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { useTexts } from "../ui/Page.tsx";
import { Status } from "../ui/Status.tsx";
import { Ago } from "../ui/Time.tsx";
import { Timeline } from "./Timeline.tsx";

const FIRST_CHANGES = 8;
const MORE_CHANGES = 50;

export function Availability({ desk }: { desk: AgentDesk }) {
  const t = useTexts("agents");
  const history = desk.history.value;
  return (
    <section class="section" aria-labelledby="availability-title">
      <div class="section-head">
        <h2 id="availability-title">{t.availability}</h2>
        <Periods id={desk.first.id} span={desk.first.span} />
      </div>
      {history
        ? (
          <div class="card">
            <Timeline history={history} span={desk.first.span} />
            <Changes history={history} />
          </div>
        )
        : <p class="quiet">{t.notAvailable}</p>}
    </section>
  );
}

function Periods({ id, span }: { id: string; span: Span }) {
  const t = useTexts("agents");
  return (
    <nav class="periods" aria-label={t.period}>
      {(Object.keys(SPANS) as Span[]).map((name) => (
        <a
          key={name}
          href={viewAddress(id, "overview") + (name === "week" ? "?span=week" : "")}
          aria-current={name === span ? "page" : undefined}
        >
          {t.spans[name]}
        </a>
      ))}
    </nav>
  );
}

function Changes({ history: { items, isCut } }: { history: History }) {
  const [t, common] = [useTexts("agents"), useTexts("common")];
  const [most, setMost] = useState(FIRST_CHANGES);
  if (items.length === 0) return <p class="quiet">{t.noChanges}</p>;
  return (
    <>
      <h3 class="changes-title" id="changes-title">{t.changes}</h3>
      <ol class="changes" aria-labelledby="changes-title">
        {items.slice(0, most).map((change) => <OneChange key={change.at + change.reason} change={change} />)}
      </ol>
      {items.length > most && (
        <button
          type="button"
          class="plain-button"
          onClick={() => setMost(most + MORE_CHANGES)}
        >
          {common.more}
        </button>
      )}
      {isCut && items.length <= most && <p class="quiet">{t.cut}</p>}
    </>
  );
}

function OneChange({ change }: { change: Change }) {
  const { is_online, status, reason, at } = change;
  return (
    <li>
      <Status agent={{ is_online, status }} />
      <span dir="auto">{oneLine(reason)}</span>
      <span class="quiet">
        <Ago iso={at} />
      </span>
    </li>
  );
}
