/** What SQL Server's errors mean to the bus, by their numbers. */
import { sentenceOf } from "./sql_fault.ts";
import type { Fault } from "./sql_wire.ts";

const FAULTS: Record<number, Fault> = {
  208: "lost", // a table is missing: it is made with the next connection
  3906: "lost", // read-only: another server may be the primary now
  1205: "again", // a deadlock
  1222: "again", // a lock
  50000: "again", // ours: others are claiming
  220: "data",
  245: "data",
  517: "data",
  2628: "data",
  8115: "data",
  8152: "data",
};
/** From this class on the server ends the connection. */
const FATAL_CLASS = 20;

/** Says what to do about an error. One that the server has not numbered comes of the connection. */
export function judge(error: unknown): Fault {
  const { number, class: severity = 0 } = (error ?? {}) as { number?: number; class?: number };
  if (number === undefined || severity >= FATAL_CLASS) return "lost";
  return FAULTS[number] ?? "refused";
}

/** Says what keeps SQL Server from being used, after its name: the end of a sentence without its full stop. */
export function reasonOf(error: unknown): string {
  const { code, number } = (error ?? {}) as { code?: string; number?: number };
  if (code === "ELOGIN") {
    return "refused the login, or has no such database. Look at BUS_URL: its user, password and database";
  }
  if (number === 262 || number === 229) {
    return "does not let this user make or use the tables parley_bus_…. Have an administrator make them (the README says how)";
  }
  return `cannot be reached: ${sentenceOf(error)}`;
}
