/** Times as people say them. */
import { texts } from "./texts.ts";

const MINUTE_MS = 60_000;

/** Says how long ago `iso` was at `nowMs`; an unreadable time is said as it stands. */
export function timeAgo(iso: string, nowMs: number): string {
  const atMs = Date.parse(iso);
  if (isNaN(atMs)) return iso;
  const minutes = Math.floor((nowMs - atMs) / MINUTE_MS);
  if (minutes < 1) return texts.justNow;
  if (minutes < 60) return texts.ago(minutes, "min");
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? texts.ago(hours, "h") : texts.ago(Math.floor(hours / 24), "d");
}

/** Says `iso` exactly, in `timeZone` (the reader's own when left out). */
export function exactTime(iso: string, timeZone?: string): string {
  return said(iso, { dateStyle: "medium", timeStyle: "medium", timeZone }) ?? iso;
}

/** Says the hour and minute of `iso`, in `timeZone` (the reader's own when left out). */
export function clockTime(iso: string, timeZone?: string): string {
  return said(iso, { hour: "2-digit", minute: "2-digit", timeZone }) ?? "";
}

function said(iso: string, how: Intl.DateTimeFormatOptions): string | undefined {
  return isNaN(Date.parse(iso)) ? undefined : new Date(iso).toLocaleString("en-GB", how);
}
