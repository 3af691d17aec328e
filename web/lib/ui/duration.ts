/** How long something took, as people say it. */
import type { Language } from "../texts/texts.ts";

const UNITS = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000], ["second", 1_000]] as const;

/** Says `ms` in its two largest units, such as "2 min 5 sec"; below ten seconds in one that is exact enough. */
export function durationText(ms: number, language: Language): string {
  if (!(ms >= 0)) return "";
  if (ms < 1_000) return said(Math.round(ms), "millisecond", language);
  if (ms < 10_000) return said(Math.round(ms / 100) / 10, "second", language);
  const first = UNITS.findIndex(([, unitMs]) => ms >= unitMs);
  const [unit, unitMs] = UNITS[first]!;
  const next = UNITS[first + 1];
  const rest = next && Math.floor((ms % unitMs) / next[1]);
  return [
    said(Math.floor(ms / unitMs), unit, language),
    ...next && rest ? [said(rest, next[0], language)] : [],
  ].join(" ");
}

function said(count: number, unit: string, language: Language): string {
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }).format(count);
}
