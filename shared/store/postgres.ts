/** The store's dialect for PostgreSQL. */
import { type Kysely, PostgresDialect, sql } from "kysely";
import type { StoreDialect } from "./dialect.ts";
import { explainPostgres, failureOfPostgres } from "./postgres_errors.ts";
import { type Limits, PostgresConnections, targetOf } from "./postgres_pool.ts";
import { insertOnNoConflict } from "./sql/insert_new.ts";
import type { Tables } from "./sql/schema.ts";

/** In milliseconds. A server that is in order answers within a fraction of these. */
const LIMITS: Limits = { connectMs: 5_000, statementMs: 10_000 };
/** A migration may change every row there is, and waits for another server that migrates. */
const MIGRATING: Limits = { connectMs: 5_000, statementMs: 3_600_000 };

/**
 * Reaches the database at `url` (`postgres://USER:PASSWORD@HOST:PORT/DATABASE`) by up to ten connections, which are
 * made when needed, and made anew when they are lost. A call ends by `unavailable` when a connection takes longer
 * than `connectMs`, or a statement longer than `statementMs`. Throws `ConfigError` for a URL that names no database, or a
 * file that cannot be read.
 */
export function openPostgres(url: string, limits: Partial<Limits> = {}): StoreDialect {
  const text = sql`text collate "C"`;
  return {
    name: targetOf(url),
    kysely: new PostgresDialect({ pool: new PostgresConnections(url, { ...LIMITS, ...limits }) }),
    migrating: new PostgresDialect({
      pool: () => Promise.resolve(new PostgresConnections(url, { ...MIGRATING, ...limits, max: 1 })),
    }),
    isShared: true,
    schema: "current_schema()",
    paceMs: 0,
    // By bytes, so that lists, cursors and searches go as they do on SQLite, whatever the database's language.
    types: { id: text, text, number: "bigint" },
    rising: (column) => column.generatedByDefaultAsIdentity().primaryKey(),
    limit: (query, rows) => query.limit(rows),
    byteLength: "octet_length",
    insertNew: insertOnNoConflict,
    lock: lockUntilCommit,
    failureOf: failureOfPostgres,
    explain: explainPostgres,
  };
}

async function lockUntilCommit(transaction: Kysely<Tables>, name: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(transaction);
}
