/** What PostgreSQL's errors mean to the bus, by their SQLSTATE. */
import { sentenceOf } from "./sql_fault.ts";
import type { Fault } from "./sql_wire.ts";

/** The first that the code begins with decides. */
const FAULTS: [code: string, fault: Fault][] = [
  ["08", "lost"], // the connection
  ["57P", "lost"], // ended by an administrator, or shutting down
  ["57014", "lost"], // a statement that took too long
  ["25006", "lost"], // read-only: another server may be the primary now
  ["42P01", "lost"], // a table is missing: it is made with the next connection
  ["3F000", "lost"], // so is a schema
  ["26000", "lost"], // a prepared statement is missing: something stands between that changes sessions
  ["40", "again"], // a deadlock
  ["55P03", "again"], // a lock
  ["22", "data"],
  ["54", "data"],
  ["23", "data"],
  ["53", "refused"], // no disk or memory is left
];

/** Says what to do about an error. One without a code comes of the connection. */
export function judge(error: unknown): Fault {
  const code = codeOf(error);
  if (!/^[0-9A-Z]{5}$/.test(code)) return "lost";
  return FAULTS.find(([start]) => code.startsWith(start))?.[1] ?? "refused";
}

const REASONS: [code: string, means: string][] = [
  ["28", "refused the user or the password. Look at BUS_URL: its user and password"],
  ["3D000", "has no such database. Look at BUS_URL: its path names the database"],
  [
    "42501",
    "does not let this user make or use the tables parley_bus_…. Have an administrator make them (the README says how), or name a schema of the user's own with ?schema=",
  ],
  ["25006", "is read-only. Look at BUS_URL: it must name the primary server"],
  ["53300", "has no connection left. Raise max_connections: each process takes three"],
  ["57P03", "is starting or stopping"],
];

/** Says what keeps PostgreSQL from being used, after its name: the end of a sentence without its full stop. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  const known = REASONS.find(([start]) => code.startsWith(start))?.[1];
  return known ?? `cannot be reached: ${sentenceOf(error)}`;
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" ? code : "";
}
