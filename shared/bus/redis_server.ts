/** What a Redis says, of itself and of what it is asked: whether it can be used, what it keeps, why it refuses. Pure. */
import { ParleyError } from "../error.ts";

/** What of a Redis matters here. */
export interface RedisFacts {
  version: string;
  isCluster: boolean;
  isReplica: boolean;
  /** Whether what it has taken is written to its append-only file. */
  appends: boolean;
  /** What it does when its memory is full. */
  evictionPolicy: string;
}

/** Reads the answer to `INFO`. */
export function readInfo(info: string): RedisFacts {
  const value = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1] ?? "";
  return {
    version: value("redis_version"),
    isCluster: value("redis_mode") === "cluster",
    isReplica: value("role") === "slave",
    appends: value("aof_enabled") === "1",
    evictionPolicy: value("maxmemory_policy"),
  };
}

/** Says why this Redis cannot be used, as the end of a sentence after its name; undefined when it can. */
export function refusalOf({ version, isCluster }: RedisFacts): string | undefined {
  if (isCluster) return "is part of a cluster, and one primary of its own is needed";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 6 || (major === 6 && minor >= 2)) return undefined;
  return `is Redis ${version || "of an unknown version"}, and 6.2 or newer is needed`;
}

/** Lists what its operator should know, each with what to set. */
export function advicesOf({ appends, evictionPolicy }: RedisFacts): string[] {
  const advices: string[] = [];
  if (!appends) {
    advices.push("keeps messages in memory alone, so a restart of it loses them. Set 'appendonly yes' there");
  }
  if (evictionPolicy && evictionPolicy !== "noeviction") {
    const policy = `'maxmemory-policy ${evictionPolicy}'`;
    advices.push(
      `may throw messages away when it is full (${policy}). Set 'maxmemory-policy noeviction' there`,
    );
  }
  return advices;
}

const REFUSALS: [said: RegExp, means: string][] = [
  [
    /^(WRONGPASS|NOAUTH|ERR .*AUTH)|invalid password/i,
    "refused the user or the password. Look at BUS_URL: its user and password",
  ],
  [
    /\bNOPERM\b|can't run this command/,
    "does not let this user do what is needed; the README lists it",
  ],
  [/DB index|out of range/i, "has no such database. Look at BUS_URL: its path is the database's number"],
  [/\bOOM\b/, "is full: it has reached its maxmemory"],
  [/\bMISCONF\b/, "cannot write to its disk"],
  [/\bREADONLY\b/, "is a replica, which takes nothing"],
  [/\bLOADING\b/, "is still reading what it had stored"],
];

/** Says what keeps Redis from being used, after its name: the end of a sentence without its full stop. */
export function reasonOf(error: unknown): string {
  const said = (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
  return REFUSALS.find(([refusal]) => refusal.test(said))?.[1] ??
    `${isAnswer(error) ? "refuses" : "cannot be reached"}: ${said}`;
}

/** Says in our words that Redis could not do something: what the driver throws holds the command, and so messages and passwords. */
export function unavailable(error: unknown): ParleyError {
  const cause = new Error(loggable(error));
  return new ParleyError("unavailable", `Redis ${reasonOf(error)}. Try again later.`, { cause });
}

/** Tells whether Redis itself has refused, and would again; else the connection is of no more use. */
export function isRefusal(error: unknown): boolean {
  return isAnswer(error) &&
    !/\b(NOSCRIPT|READONLY|LOADING|MASTERDOWN|NOAUTH)\b/.test(error.message);
}

function isAnswer(error: unknown): error is Error {
  return error instanceof Error && error.name === "ReplyError";
}

/** Gives what may be logged of an error. */
export function loggable(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
