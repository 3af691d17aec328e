/** Times as people say them. */
import { texts } from "./texts.ts";

const MINUTE_MS = 60_000;

/** Says how long ago `iso` was at `nowMs`; an unreadable time is said as it stands. */
export function timeAgo(iso: string, nowMs: number): string {
  const atMs = Date.parse(iso);
  if (Number.isNaN(atMs)) return iso;
  const minutes = Math.floor((nowMs - atMs) / MINUTE_MS);
  if (minutes < 1) return texts.justNow;
  if (minutes < 60) return texts.ago(minutes, "min");
  if (minutes < 60 * 24) return texts.ago(Math.floor(minutes / 60), "h");
  return texts.ago(Math.floor(minutes / (60 * 24)), "d");
}

/** Says `iso` exactly, in `timeZone` (the reader's own when left out). */
export function exactTime(iso: string, timeZone?: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  return at.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium", timeZone });
}

/** Says the hour and minute of `iso`, in `timeZone` (the reader's own when left out). */
export function clockTime(iso: string, timeZone?: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  return at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone });
}
