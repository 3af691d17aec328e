/** A period as a line: when an agent was online, paused or away, and how much of the period that is. */
import { type History, type Presence, type Span, stretchesOf } from "../../lib/agents/history.ts";
import { fill } from "../../lib/texts/fill.ts";
import { useLanguage, useTexts } from "../ui/Page.tsx";

/** Thousandths of the line that the shortest stretch has, so that it can be seen. */
const THINNEST = 3;
const KINDS: readonly Presence[] = ["online", "paused", "offline", "unknown"];
/** Where the bar of each begins, of 24. */
const TOP: Readonly<Record<Presence, number>> = { online: 0, paused: 9, offline: 18, unknown: 22 };

/** Draws bars of different heights, so that one need not tell colours apart. */
export function Timeline({ history, span }: { history: History; span: Span }) {
  const [t, language] = [useTexts("agents"), useLanguage()];
  const { ratio } = history.availability;
  const percent = ratio?.toLocaleString(language, { style: "percent", maximumFractionDigits: 1 });
  const sentence = percent ? fill(t.ratio, { percent }) : t.ratioUnknown;
  const stretches = stretchesOf(history);
  const seen = new Set(stretches.map(({ presence }) => presence));
  return (
    <figure class="timeline">
      <figcaption>{sentence}</figcaption>
      <svg viewBox="0 0 1000 24" preserveAspectRatio="none" role="img" aria-label={sentence}>
        {stretches.map(({ from, to, presence }, index) => (
          <rect
            key={index}
            class={`presence-${presence}`}
            x={Math.min(Math.round(1_000 * from), 1_000 - THINNEST)}
            width={Math.max(Math.round(1_000 * (to - from)), THINNEST)}
            y={TOP[presence]}
            height={24 - TOP[presence]}
          />
        ))}
      </svg>
      <p class="timeline-ends quiet" aria-hidden="true">
        <span>{t.ago[span]}</span>
        <span>{t.now}</span>
      </p>
      <ul class="legend">
        {KINDS.filter((kind) => seen.has(kind)).map((kind) => (
          <li key={kind}>
            <svg viewBox="0 0 12 24" aria-hidden="true">
              <rect class={`presence-${kind}`} width="12" y={TOP[kind]} height={24 - TOP[kind]} />
            </svg>
            {t.legend[kind]}
          </li>
        ))}
      </ul>
    </figure>
  );
}
