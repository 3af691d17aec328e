/** What this server is: its version, what it stands on, and how much it has to do. */
import type { ComponentChildren } from "preact";
import type { Stats } from "../../lib/system/figures.ts";
import { lasting } from "../../lib/system/human.ts";
import { fill } from "../../lib/texts/fill.ts";
import type { Texts } from "../../lib/texts/texts.ts";
import { useLanguage, useTexts } from "../ui/Page.tsx";

export function About({ stats }: { stats: Stats }) {
  const [t, language] = [useTexts("system"), useLanguage()];
  const count = (value: number) => value.toLocaleString(language);
  const all = (values: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, count(value)]));
  const { messages, agents, sockets, backends, version, started_at, uptime_s, server_id } = stats;
  const { accepted, delivered, dead_letters: dead } = messages;
  return (
    <section class="section" aria-labelledby="about-title">
      <h2 id="about-title">{t.about}</h2>
      <dl class="facts card">
        {version && <Fact name={t.facts.version}>{version}</Fact>}
        <Fact name={t.facts.uptime}>
          <span title={started_at}>{lasting(uptime_s * 1_000)}</span>
        </Fact>
        {backends && <Fact name={t.facts.bus}>{backendName(backends.bus, t)}</Fact>}
        {backends && <Fact name={t.facts.store}>{backendName(backends.store, t)}</Fact>}
        <Fact name={t.facts.agents}>{fill(t.agentsOf, all(agents))}</Fact>
        <Fact name={t.facts.sockets}>{fill(t.socketsOf, all(sockets))}</Fact>
        <Fact name={t.facts.counts}>{fill(t.countsOf, all({ accepted, delivered, dead }))}</Fact>
        <Fact name={t.facts.server}>
          <code>{server_id}</code>
        </Fact>
      </dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function backendName(name: string, t: Texts["system"]): string {
  return t.backends[name as keyof typeof t.backends] ?? name;
}
