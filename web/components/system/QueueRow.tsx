/** One queue: how much stands in it, and how that has been. */
import { useMemo } from "preact/hooks";
import type { Queue, Series } from "../../lib/system/figures.ts";
import { said } from "../../lib/system/human.ts";
import { depthOf, type Line } from "../../lib/system/measures.ts";
import { agentOf, ALL_AGENTS } from "../../lib/system/queues.ts";
import { counted, fill } from "../../lib/texts/fill.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { useLanguage, useTexts } from "../ui/Page.tsx";
import { Chart } from "./Chart.tsx";

interface QueueRowProps {
  queue: Queue;
  series?: Series;
  /** How many agents' queues the one of all agents stands for. */
  agents?: number;
}

export function QueueRow({ queue, series, agents = 0 }: QueueRowProps) {
  const [t, language] = [useTexts("system"), useLanguage()];
  const name = queue.queue === ALL_AGENTS ? counted(t.agentQueues, agents, language) : oneLine(queue.queue);
  const agent = queue.queue === ALL_AGENTS ? undefined : agentOf(queue.queue);
  return (
    <tr data-queue={queue.queue}>
      <th scope="row" class="row-name">
        {agent ? <a href={`/agents/${encodeURIComponent(agent)}`}>{name}</a> : name}
      </th>
      <td class="number" data-name={t.ready}>{said(queue.ready, "count", language)}</td>
      <td class="number" data-name={t.inFlight}>{said(queue.in_flight, "count", language)}</td>
      <td class="number" data-name={t.consumers}>{said(queue.consumers, "count", language)}</td>
      {series && (
        <td class="trend" data-name={t.trend}>
          <Trend name={name} queue={queue.queue} series={series} />
        </td>
      )}
    </tr>
  );
}

interface TrendProps {
  name: string;
  queue: string;
  series: Series;
}

function Trend({ name, queue, series }: TrendProps) {
  const [t, language] = [useTexts("system"), useLanguage()];
  const lines = useMemo(() => [depthOf(queue, series)], [queue, series]);
  const say = (value: Line["now"]) => said(value, "count", language);
  const { now, least, most } = lines[0]!;
  const text = most === null ? t.chartEmpty : t.chart;
  const range = most === null ? t.noRange : least === most ? t.steady : t.range;
  const label = fill(text, { name, now: say(now), least: say(least), most: say(most) });
  return (
    <div class="trend-chart">
      <Chart lines={lines} label={label} />
      <span class="quiet">{fill(range, { least: say(least), most: say(most) })}</span>
    </div>
  );
}
