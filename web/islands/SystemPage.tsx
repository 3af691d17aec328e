/** How the system is: figures over time, this server, brokers and queues. */
import { useEffect, useMemo } from "preact/hooks";
import { About } from "../components/system/About.tsx";
import { Brokers } from "../components/system/Brokers.tsx";
import { Gauge } from "../components/system/Gauge.tsx";
import { HealthLine } from "../components/system/HealthLine.tsx";
import { Queues } from "../components/system/Queues.tsx";
import { SystemNav } from "../components/system/SystemNav.tsx";
import { Page, useTexts } from "../components/ui/Page.tsx";
import { PageFrame } from "../components/ui/PageFrame.tsx";
import type { Reading } from "../lib/system/figures.ts";
import { type MeasureName, MEASURES } from "../lib/system/measures.ts";
import { Overview } from "../lib/system/overview.ts";
import type { Speech } from "../lib/texts/texts.ts";

const NAMES = Object.keys(MEASURES) as MeasureName[];

export interface SystemPageProps {
  speech: Speech;
  first: Reading;
}

export default function SystemPage({ speech, first }: SystemPageProps) {
  return (
    <Page speech={speech} now={first.now}>
      <System first={first} />
    </Page>
  );
}

function System({ first }: { first: Reading }) {
  const t = useTexts("system");
  const overview = useMemo(() => new Overview(first), []);
  useEffect(() => overview.open(), []);
  const { watch, live } = overview;
  return (
    <PageFrame title={t.title} link={watch.link} onRetry={() => watch.retry()} live={live.value}>
      <SystemNav here="overview" />
      <HealthLine overview={overview} />
      <Figures overview={overview} />
    </PageFrame>
  );
}

function Figures({ overview }: { overview: Overview }) {
  const t = useTexts("system");
  const { stats, series, brokers } = overview.reading.value;
  return (
    <div class="figures" data-stale={overview.isStale.value ? "yes" : undefined}>
      {series && (
        <section class="section" aria-labelledby="lately-title">
          <h2 id="lately-title">{t.lately}</h2>
          <div class="gauges">
            {NAMES.map((name) => <Gauge key={name} name={name} series={series} />)}
          </div>
        </section>
      )}
      {stats && <About stats={stats} />}
      {brokers && <Brokers brokers={brokers} />}
      {stats && <Queues overview={overview} />}
    </div>
  );
}
