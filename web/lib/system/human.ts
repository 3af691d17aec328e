/** Figures as people say them: three digits and a unit. */
import type { Language } from "../texts/texts.ts";

export type Unit = "rate" | "duration" | "count" | "bytes";

const NONE = "–";
/** The units of a kind, each with how many of the first it is. */
const DURATIONS = [["ms", 1], ["s", 1_000], ["min", 60_000], ["h", 3_600_000]] as const;
const BYTES = [["B", 1], ["KB", 1e3], ["MB", 1e6], ["GB", 1e9], ["TB", 1e12]] as const;

/** Says a value with its unit; a dash where there is none. */
export function said(value: number | null | undefined, unit: Unit, language: Language): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  if (unit === "rate") return `${short(value, language)}/s`;
  if (unit === "duration") return scaled(value, DURATIONS, language);
  return unit === "bytes" ? scaled(value, BYTES, language) : short(value, language);
}

/** Says how long, in the two largest units: `3 d 4 h`. */
export function lasting(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1_000);
  const [days, hours, minutes] = [seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60].map(Math.floor);
  if (days) return `${days} d ${hours} h`;
  if (hours) return `${hours} h ${minutes} min`;
  return minutes ? `${minutes} min` : `${seconds} s`;
}

function scaled(
  value: number,
  units: readonly (readonly [name: string, size: number])[],
  language: Language,
): string {
  const [name, size] = units.findLast(([, size]) => Math.abs(value) >= size) ?? units[0]!;
  return `${short(value / size, language)}\u00a0${name}`;
}

function short(value: number, language: Language): string {
  const notation = Math.abs(value) >= 10_000 ? "compact" : "standard";
  // Whole numbers below 10,000 are exact.
  if (Number.isInteger(value) && notation === "standard") return value.toLocaleString(language);
  return value.toLocaleString(language, { notation, maximumSignificantDigits: 3 });
}
