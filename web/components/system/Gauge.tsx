/** One measure: how it is now, how it has been, and the exact value at a time that the reader points at. */
import { useMemo, useState } from "preact/hooks";
import type { Series } from "../../lib/system/figures.ts";
import { said } from "../../lib/system/human.ts";
import { type Line, linesOf, type MeasureName, MEASURES } from "../../lib/system/measures.ts";
import { nearest } from "../../lib/system/history.ts";
import { fill } from "../../lib/texts/fill.ts";
import { secondTime } from "../../lib/ui/relative_time.ts";
import { useClock, useLanguage, useTexts } from "../ui/Page.tsx";
import { Chart } from "./Chart.tsx";
import { Probe } from "./Probe.tsx";

interface GaugeProps {
  name: MeasureName;
  series: Series;
}

export function Gauge({ name, series }: GaugeProps) {
  const [t, clock] = [useTexts("system"), useClock()];
  const say = useSaid(name);
  const [chosenMs, choose] = useState<number>();
  const lines = useMemo(() => linesOf(name, series), [name, series]);
  const main = lines[0]!;
  // A time and not a place: the picture moves on under the reader's pointer.
  const at = chosenMs === undefined ? undefined : nearest(main.samples, chosenMs);
  const exact = say.exact(lines, at ?? main.samples.length - 1);
  return (
    <div class="card gauge" role="group" data-measure={name} aria-label={t.measures[name]}>
      <h3>
        {t.measures[name]} <span>{t.hints[name]}</span>
      </h3>
      <p class="gauge-now">{say.value(main.now)}</p>
      <div class="gauge-chart">
        <Chart lines={lines} label={say.label(main)} at={at} />
        {clock.live.value && (
          <Probe
            samples={main.samples}
            label={fill(t.probe, { name: t.measures[name] })}
            at={at}
            text={exact}
            onChoose={(at) => choose(at === undefined ? undefined : main.samples[at]?.atMs)}
          />
        )}
      </div>
      <p class="gauge-foot">{at === undefined ? say.foot(lines) : exact}</p>
    </div>
  );
}

/** Gives what is said of a measure, in its unit and the reader's language and time zone. */
function useSaid(name: MeasureName) {
  const [t, language, clock] = [useTexts("system"), useLanguage(), useClock()];
  const zone = clock.live.value ? undefined : "UTC";
  const value = (value: number | null | undefined) => said(value, MEASURES[name].unit, language);
  const rangeOf = ({ least, most }: Line) =>
    fill(least === most ? t.steady : t.range, { least: value(least), most: value(most) });
  return {
    value,
    label(line: Line): string {
      const text = line.most === null ? t.chartEmpty : t.chart;
      const { now, least, most } = line;
      return fill(text, { name: t.measures[name], now: value(now), least: value(least), most: value(most) });
    },
    foot([main, nearly]: readonly Line[]): string {
      if (main!.most === null) return t.noRange;
      const isKnown = nearly !== undefined && nearly.now !== null;
      return rangeOf(main!) + (isKnown ? ` · ${fill(t.nearly, { value: value(nearly.now) })}` : "");
    },
    exact(lines: readonly Line[], at: number): string {
      const sample = lines[0]!.samples[at];
      if (!sample) return t.noRange;
      const values = lines.map(({ samples }) => value(samples[at]?.value)).join(" / ");
      return fill(t.at, {
        value: values,
        time: secondTime(new Date(sample.atMs).toISOString(), language, zone),
      });
    },
  };
}
