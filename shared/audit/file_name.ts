/** How log files are called: a folder for each day, in it a file for each kind, and numbers behind what has grown too large. */

/** What is logged, and what its files' names begin with. */
const LOG_KINDS = [
  "agent_activity",
  "message_audit",
  "task_history",
  "performance",
  "errors",
] as const;
export type LogKind = typeof LOG_KINDS[number];

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;
const NAME = new RegExp(`^(?:${LOG_KINDS.join("|")})_(\\d{4}-\\d{2}-\\d{2})(?:\\.[1-9]\\d{0,8})?\\.jsonl$`);

/** Gives the name of a day's file of one kind; `number`: 0 for the first, and one more for each that follows it. */
export function fileNameOf(kind: LogKind, day: string, number = 0): string {
  return `${kind}_${day}${number > 0 ? `.${number}` : ""}.jsonl`;
}

/** Tells whether a file of this name in the folder of `day` is one that Parley wrote. */
export function isLogFile(name: string, day: string): boolean {
  return NAME.exec(name)?.[1] === day;
}

/** Tells whether a folder of this name is a day's. */
export function isDay(name: string): boolean {
  return DAY.test(name) && new Date(`${name}T00:00:00Z`).toJSON()?.startsWith(name) === true;
}

/** Gives the day of a time in milliseconds since 1970: `YYYY-MM-DD`, UTC. */
export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** Gives the first day that is kept where today and the `days` before it are. */
export function firstKeptDay(nowMs: number, days: number): string {
  return dayOf(Math.max(nowMs - days * DAY_MS, 0));
}
