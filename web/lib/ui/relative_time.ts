/** Times as people say them. */
import type { Language } from "../texts/texts.ts";

const LOCALES: Record<Language, string> = { en: "en-GB", de: "de" };
const MINUTE_MS = 60_000;

/** Says how long ago `iso` was at `nowMs`; an unreadable time is said as it stands. */
export function timeAgo(iso: string, nowMs: number, language: Language): string {
  const atMs = Date.parse(iso);
  if (isNaN(atMs)) return iso;
  const minutes = Math.floor((nowMs - atMs) / MINUTE_MS);
  const say = relative(language);
  if (minutes < 1) return say.format(0, "second");
  if (minutes < 60) return say.format(-minutes, "minute");
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? say.format(-hours, "hour") : say.format(-Math.floor(hours / 24), "day");
}

/** Says `iso` exactly, in `timeZone` (the reader's own when left out). */
export function exactTime(iso: string, language: Language, timeZone?: string): string {
  return said(iso, language, { dateStyle: "medium", timeStyle: "medium", timeZone }) ?? iso;
}

/** Says the hour and minute of `iso`, in `timeZone` (the reader's own when left out). */
export function clockTime(iso: string, language: Language, timeZone?: string): string {
  return said(iso, language, { hour: "2-digit", minute: "2-digit", timeZone }) ?? "";
}

/** Says the hour, minute and second of `iso`, in `timeZone` (the reader's own when left out). */
export function secondTime(iso: string, language: Language, timeZone?: string): string {
  return said(iso, language, { timeStyle: "medium", timeZone }) ?? "";
}

function said(iso: string, language: Language, how: Intl.DateTimeFormatOptions): string | undefined {
  return isNaN(Date.parse(iso)) ? undefined : absolute(language, how).format(new Date(iso));
}

const made = new Map<string, Intl.RelativeTimeFormat | Intl.DateTimeFormat>();

/** Formats are slow to make, and a page with hundreds of times needs two. */
function once<Format extends Intl.RelativeTimeFormat | Intl.DateTimeFormat>(
  key: string,
  make: () => Format,
): Format {
  const format = made.get(key) ?? make();
  made.set(key, format);
  return format as Format;
}

function relative(language: Language): Intl.RelativeTimeFormat {
  const how = { numeric: "auto", style: "short" } as const;
  return once(language, () => new Intl.RelativeTimeFormat(LOCALES[language], how));
}

function absolute(language: Language, how: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return once(language + JSON.stringify(how), () => new Intl.DateTimeFormat(LOCALES[language], how));
}
