/** What stands in the queues, how that has been, and putting all of it aside. */
import { useState } from "preact/hooks";
import { ask } from "../../lib/live/api.ts";
import type { Queue, Series } from "../../lib/system/figures.ts";
import type { Overview } from "../../lib/system/overview.ts";
import { grouped } from "../../lib/system/queues.ts";
import { counted } from "../../lib/texts/fill.ts";
import { useAction } from "../ui/action.ts";
import { useConfirm } from "../ui/Confirm.tsx";
import { useLanguage, useTexts } from "../ui/Page.tsx";
import { QueueRow } from "./QueueRow.tsx";

export function Queues({ overview }: { overview: Overview }) {
  const [t, language] = [useTexts("system"), useLanguage()];
  const { queues, series } = overview.reading.value;
  const { shared, agents, agentsTogether } = grouped(queues ?? []);
  return (
    <section class="section" aria-labelledby="queues-title">
      <div class="section-head">
        <h2 id="queues-title">{t.queues}</h2>
        <Reset overview={overview} />
      </div>
      {!queues && <p class="failure-line">{t.noQueues}</p>}
      <QueueTable
        queues={agentsTogether ? [...shared, agentsTogether] : shared}
        series={series}
        label={t.queues}
        agents={agents.length}
      />
      {agents.length > 0 && (
        <details class="more-queues">
          <summary>{counted(t.eachAgentQueue, agents.length, language)}</summary>
          <QueueTable queues={agents} label={counted(t.eachAgentQueue, agents.length, language)} />
        </details>
      )}
    </section>
  );
}

interface QueueTableProps {
  queues: readonly Queue[];
  label: string;
  /** Where to draw from how each has been; none: only how it is. */
  series?: Series;
  agents?: number;
}

function QueueTable({ queues, label, series, agents }: QueueTableProps) {
  const t = useTexts("system");
  return (
    <div class="rows stacked" role="group" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.queue}</th>
            <th scope="col" class="number">{t.ready}</th>
            <th scope="col" class="number">{t.inFlight}</th>
            <th scope="col" class="number">{t.consumers}</th>
            {series && <th scope="col">{t.trend}</th>}
          </tr>
        </thead>
        <tbody>
          {queues.map((queue) => (
            <QueueRow
              key={queue.queue}
              queue={queue}
              series={series}
              agents={agents}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Reset({ overview }: { overview: Overview }) {
  const [t, language] = [useTexts("system"), useLanguage()];
  const [action, confirm] = [useAction(), useConfirm()];
  const [count, setCount] = useState<number>();
  const reset = async () => {
    const question = { title: t.resetQuestion, text: t.resetText, action: t.reset };
    if (!await confirm.ask(question)) return;
    setCount(undefined);
    await action.run(async () => {
      const { messages } = await ask<{ messages: number }>("/api/queues/reset", { method: "POST" });
      setCount(messages);
      await overview.read();
    });
  };
  return (
    <>
      <button
        type="button"
        class="button reset"
        disabled={action.isBusy || !overview.live.value}
        onClick={reset}
      >
        {t.reset}
      </button>
      <p class="outcome" role="status">
        {count === 0 && t.resetNothing}
        {Boolean(count) && (
          <>
            {counted(t.resetDone, count!, language)} <a href="/system/dead-letters">{t.seeDeadLetters}</a>
          </>
        )}
      </p>
      {action.failure && <p class="failure-line" role="alert">{action.failure}</p>}
      {confirm.dialog}
    </>
  );
}
