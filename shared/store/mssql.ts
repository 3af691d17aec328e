/** The store's dialect for SQL Server and Azure SQL. No SQL Server has run it: `testdata/mssql` holds what it is sent. */
import { type Compilable, type Dialect, type Kysely, sql } from "kysely";
import type { NewRow, StoreDialect } from "./dialect.ts";
import { mssqlDialectOf } from "./mssql_connections.ts";
import { explainMssql, failureOfMssql, LOCK_DEADLOCK, LOCK_TIMEOUT } from "./mssql_errors.ts";
import type { Tables } from "./sql/schema.ts";

type Configuration = Parameters<typeof mssqlDialectOf>[0];

/** A migration may change every row there is. */
const MIGRATING_MS = 3_600_000;
/** How long another server's transaction is waited for. */
const LOCK_MS = 10_000;

/** Reaches the database of `config` in the time that its options allow; a call ends by `unavailable` otherwise. */
export function openMssql(config: Configuration): StoreDialect {
  const { server, options } = config;
  return {
    ...mssql,
    name: `the SQL Server database '${options?.database}' on ${server}`,
    kysely: mssqlDialectOf(config),
    migrating: mssqlDialectOf({ ...config, options: { ...options, requestTimeout: MIGRATING_MS } }),
  };
}

// By units of UTF-16, so that lists, cursors and searches go as on SQLite, but for characters beyond the BMP. Keys of four such ids and a number fit
// in the 1,700 bytes that an index may have, those of two in the 900 of a primary key.
const id = sql`nvarchar(200) collate Latin1_General_100_BIN2`;
const text = sql`nvarchar(max) collate Latin1_General_100_BIN2`;

/** What of the dialect needs no database. */
export const mssql: Omit<StoreDialect, "kysely" | "name"> & Partial<Record<"kysely", Dialect>> = {
  isShared: true,
  schema: "schema_name()",
  paceMs: 0,
  types: { id, text, number: "bigint" },
  rising: (column) => column.identity().primaryKey(),
  limit: (query, rows) => query.top(rows),
  byteLength: "datalength",
  insertNew,
  lock: lockUntilCommit,
  failureOf: failureOfMssql,
  explain: explainMssql,
};

/** Inserts by `select … where not exists`; of two at once the second hurts a unique key, and is run again. */
function insertNew<T extends keyof Tables & string>(
  db: Kysely<Tables>,
  { table, values, keys }: NewRow<T>,
): Compilable<never> {
  const given = values as Record<string, unknown>;
  const columns = Object.keys(given);
  const any = db as unknown as Kysely<AnyTable>;
  const known = (key: readonly string[]) =>
    key.reduce(
      (query, column) => query.where(column, "=", given[column]),
      any.selectFrom(table as string).select(key[0]!),
    );
  const row = any.selectNoFrom((eb) => columns.map((column) => eb.val(given[column]).as(column)))
    .where((eb) => eb.and(keys.map((key) => eb.not(eb.exists(known(key))))));
  return any.insertInto(table).columns(columns).expression(row) as Compilable<never>;
}

/** To Kysely, which cannot follow a table that is only named when it is called. */
type AnyTable = Record<string, Record<string, unknown>>;

async function lockUntilCommit(transaction: Kysely<Tables>, name: string): Promise<void> {
  await sql`declare @held int;
    exec @held = sp_getapplock @Resource = ${name}, @LockMode = 'Exclusive', @LockOwner = 'Transaction', @LockTimeout = ${
    sql.lit(LOCK_MS)
  };
    if @held = -3 throw ${sql.lit(LOCK_DEADLOCK)}, 'Two servers wait for each other.', 1;
    if @held < 0 throw ${sql.lit(LOCK_TIMEOUT)}, 'Another server takes too long.', 1;`.execute(transaction);
}
