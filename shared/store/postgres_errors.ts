/** What PostgreSQL's errors, its driver's and the network's mean to us. */
import { type ErrorCode, ParleyError } from "../error.ts";
import type { Failure } from "./dialect.ts";

interface Meaning {
  /** Matches an SQLSTATE or the code of a network's error. */
  code?: RegExp;
  /** Matches the driver's own messages, which have no code. */
  message?: RegExp;
  failure: Failure | undefined;
  /** Whether the connection may be dead, or be to a server that is the wrong one by now. */
  isLost?: boolean;
  says: string;
}

const UNREACHABLE = "The database cannot be reached.";
const LOST = "The connection to the database was lost.";

/** The first that matches counts. */
const MEANINGS: readonly Meaning[] = [
  // Deadlocks, and unique keys: somebody else was first.
  { code: /^(40001|40P01|23505)$/, failure: "raced", says: "The database is too busy with other writes." },
  { code: /^(57P01|57P02|57P05|25P0[34]|08)/, failure: "cut", isLost: true, says: LOST },
  { code: /^(ECONNRESET|EPIPE|ECONNABORTED)$/, failure: "cut", isLost: true, says: LOST },
  {
    message: /terminated unexpectedly|not queryable|Connection ended/,
    failure: "cut",
    isLost: true,
    says: LOST,
  },
  { message: /Query read timeout/, failure: "away", isLost: true, says: "The database does not answer." },
  {
    message: /timeout|timed out/i,
    code: /^(57014|55P03|ETIMEDOUT)$/,
    failure: "away",
    says: "The database is too slow.",
  },
  { code: /^25006$/, failure: "away", isLost: true, says: "The database can only be read now." },
  { code: /^53100$/, failure: "away", says: "The database's disk is full." },
  { code: /^53300$/, failure: "away", says: "The database takes no more connections." },
  { code: /^(53|57|58)/, failure: "away", says: UNREACHABLE },
  {
    code: /^(28|3D000)/,
    failure: "away",
    says:
      "The database refuses the login: DATABASE_URL names a user, password or database that it does not know.",
  },
  {
    code: /^(42501|3F000)$/,
    failure: undefined,
    says:
      "The database's role may not do this. Grant it what DEPLOYMENT.md lists, or migrate as its owner with `deno task db:migrate`.",
  },
  { code: /^E[A-Z_]+$/, failure: "away", isLost: true, says: UNREACHABLE },
  {
    message: /after calling end|driver has already been destroyed/,
    failure: "away",
    says: "The store is closed.",
  },
];

/** Tells whether what failed like this may be run again. */
export function failureOfPostgres(error: unknown): Failure | undefined {
  return meaningOf(error)?.failure;
}

/** Tells whether the connection that failed like this is given up. */
export function isLost(error: unknown): boolean {
  return meaningOf(error)?.isLost ?? false;
}

/** Says `unavailable` for whatever the database or the way to it is the cause of; undefined: a fault of ours. */
export function explainPostgres(error: unknown): ParleyError | undefined {
  const meaning = meaningOf(error);
  const code: ErrorCode = "unavailable";
  return meaning && new ParleyError(code, meaning.says, { cause: error });
}

function meaningOf(error: unknown): Meaning | undefined {
  if (!(error instanceof Error) || error instanceof ParleyError) return undefined;
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return MEANINGS.find((known) =>
    code === undefined ? known.message?.test(error.message) : known.code?.test(code)
  );
}
