/** What SQL Server's errors, its driver's and the network's mean to us. */
import { ParleyError } from "../error.ts";
import type { Failure } from "./dialect.ts";

interface Meaning {
  /** SQL Server's own numbers. */
  numbers?: readonly number[];
  /** Matches the driver's codes, and those of the network. */
  code?: RegExp;
  message?: RegExp;
  failure: Failure | undefined;
  says: string;
}

/** Thrown by `lockUntilCommit` in `mssql.ts`: the lock would have been a deadlock, or was not had in time. */
export const LOCK_DEADLOCK = 51205;
export const LOCK_TIMEOUT = 51222;

const UNREACHABLE = "The database cannot be reached.";
const LOST = "The connection to the database was lost.";
const REFUSED =
  "The database refuses the login: DATABASE_URL, or the AZURE_SQL variables, name a user, password, " +
  "identity or database that it does not let in.";
const ENCRYPTION =
  "The database is not trusted, or does not encrypt. Have its certificate name its host and be vouched " +
  "for, or see Encrypt, TrustServerCertificate and HostNameInCertificate in the README.";

/** The first that matches counts. */
const MEANINGS: readonly Meaning[] = [
  // Deadlocks, and unique keys: somebody else was first.
  {
    numbers: [1205, LOCK_DEADLOCK, 2601, 2627, 3960, 41302, 41305, 41325],
    failure: "raced",
    says: "The database is too busy with other writes.",
  },
  { numbers: [596, 6005, 10053, 10054], failure: "cut", says: LOST },
  { numbers: [1222, LOCK_TIMEOUT], failure: "away", says: "The database is too slow." },
  { numbers: [1101, 1105, 9002], failure: "away", says: "The database's disk is full." },
  { numbers: [3906, 3908, 976, 978], failure: "away", says: "The database can only be read now." },
  {
    numbers: [4060, 18452, 18456, 40615, 40532, 33134],
    failure: "away",
    says: REFUSED,
  },
  {
    numbers: [229, 230, 262, 297, 1088, 2760],
    failure: undefined,
    says:
      "The database's role may not do this. Grant it what DEPLOYMENT.md lists, or migrate as its owner with `deno task db:migrate`.",
  },
  // Short of memory, locks or threads, starting, failing over, or over Azure's limits.
  {
    numbers: [
      233,
      701,
      802,
      904,
      927,
      942,
      945,
      983,
      1204,
      8645,
      8651,
      10928,
      10929,
      17142,
      40197,
      40501,
      40613,
      49918,
      49919,
      49920,
    ],
    failure: "away",
    says: UNREACHABLE,
  },
  { code: /^ETIMEOUT$/, failure: "away", says: "The database is too slow, or does not answer." },
  { code: /^(EENCRYPT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|CERT_|ERR_TLS)/, failure: "away", says: ENCRYPTION },
  { code: /^ESOCKET$/, message: /certificate|altnames|self-signed/i, failure: "away", says: ENCRYPTION },
  { code: /^ESOCKET$/, message: /^Connection lost/, failure: "cut", says: LOST },
  { code: /^(ECLOSE|EINVALIDSTATE)$/, failure: "cut", says: LOST },
  {
    code: /^(ELOGIN|EFEDAUTH)$/,
    failure: "away",
    says: REFUSED,
  },
  { code: /^(?!EREQUEST|EARGS|ECANCEL)E[A-Z_]+$/, failure: "away", says: UNREACHABLE },
  { message: /ended without ever completing the connection/, failure: "away", says: UNREACHABLE },
  { message: /operation timed out/, failure: "away", says: "The database is too slow, or does not answer." },
  { message: /aborted|destroyed/, failure: "away", says: "The store is closed." },
];

/** Tells whether what failed like this may be run again. */
export function failureOfMssql(error: unknown): Failure | undefined {
  return meaningOf(error)?.failure;
}

/** Says `unavailable` for whatever the database or the way to it is the cause of; undefined: a fault of ours. */
export function explainMssql(error: unknown): ParleyError | undefined {
  const meaning = meaningOf(error);
  return meaning && new ParleyError("unavailable", meaning.says, { cause: error });
}

/** Several errors come as a list from Kysely and in one from tedious: the first is the cause of the others. */
function meaningOf(thrown: unknown): Meaning | undefined {
  const error = thrown instanceof AggregateError
    ? thrown.errors[0]
    : Array.isArray(thrown)
    ? thrown[0]
    : thrown;
  if (!(error instanceof Error) || error instanceof ParleyError) return undefined;
  const { number, code } = error as { number?: unknown; code?: unknown };
  return MEANINGS.find((known) => {
    if (typeof number === "number" && known.numbers?.includes(number)) return true;
    if (typeof code === "string") {
      return known.code?.test(code) && (known.message?.test(error.message) ?? true);
    }
    return known.code === undefined && known.message?.test(error.message);
  });
}
