/** How long something took, in units that the language has. */
import type { Language } from "../texts/texts.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** Says `ms` in the one or two units that matter. */
export function durationText(ms: number, language: Language): string {
  const say = (value: number, unit: "millisecond" | "second" | "minute" | "hour", digits = 0) =>
    value.toLocaleString(language, {
      style: "unit",
      unit,
      unitDisplay: "short",
      maximumFractionDigits: digits,
    });
  if (ms < SECOND_MS) return say(Math.max(0, Math.round(ms)), "millisecond");
  if (ms < MINUTE_MS) return say(ms / SECOND_MS, "second", 1);
  const minutes = Math.floor(ms / MINUTE_MS);
  if (minutes < 60) {
    return `${say(minutes, "minute")} ${say(Math.floor(ms % MINUTE_MS / SECOND_MS), "second")}`;
  }
  return `${say(Math.floor(minutes / 60), "hour")} ${say(minutes % 60, "minute")}`;
}
