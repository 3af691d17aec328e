/** The bus in PostgreSQL: claims skip what others are locking, and a notification wakes who waits. */
import pg from "pg";
import type { MessageBus } from "./bus.ts";
import { type SqlBusOptions, sqlBusOver } from "./sql.ts";
import { judge, reasonOf } from "./sql_postgres_fault.ts";
import { type Place, placeOf } from "./sql_postgres_place.ts";
import * as text from "./sql_postgres_text.ts";
import { type Clients, PostgresWire } from "./sql_postgres_wire.ts";
import type { DialOptions, SqlDialect } from "./sql_wire.ts";

const CONNECT_TIMEOUT_MS = 5_000;
/** A statement that takes longer means that the database is not to be reached. */
const STATEMENT_TIMEOUT_MS = 10_000;
/** Notifications wake readers; this is the net below them. */
const POLL_MS = 2_000;
const MOST_ROWS = 1_000;

/** For each session: what the bus relies on, whatever the database or role is set to. */
const SESSION = `set default_transaction_isolation to 'read committed'; set client_min_messages to warning;`;
/** Claims and settlements that a crash of the database undoes are made again: they need not wait for the disk. */
const RELAXED = `${SESSION} set synchronous_commit to off; set jit to off;
  set enable_seqscan to off; set enable_bitmapscan to off; set enable_sort to off;
  set enable_hashjoin to off; set enable_mergejoin to off;`;
/** Publishes do. */
const SAFE = `${SESSION} select set_config('synchronous_commit', 'on', false)
  where current_setting('synchronous_commit') = 'off';`;

export interface PostgresBusOptions extends SqlBusOptions {
  /** Milliseconds after which an unanswered statement means that the database is not to be reached; default 10,000. */
  statementTimeoutMs?: number;
}

/**
 * Opens the bus in the PostgreSQL at `url`: in the schema that `?schema=` names, or the connection's own. Resolves at
 * once; what is missing of the tables `parley_bus_…` is made with the first connection. Throws `ConfigError` when
 * `url` is none, or names a file that cannot be read.
 */
export function openPostgresBus(url: string, options: PostgresBusOptions = {}): Promise<MessageBus> {
  const { statementTimeoutMs = STATEMENT_TIMEOUT_MS } = options;
  return Promise.resolve(sqlBusOver(postgresDialect(placeOf(url), statementTimeoutMs), options));
}

function postgresDialect(place: Place, statementTimeoutMs: number): SqlDialect {
  const client = () => clientOf(place.connectionString, statementTimeoutMs);
  return {
    name: "PostgreSQL",
    target: place.target,
    poll: { firstMs: POLL_MS, longestMs: POLL_MS },
    mostRows: MOST_ROWS,
    dial: (options) => dial({ line: client(), work: client(), store: client() }, place.schema, options),
    judge,
    reasonOf,
  };
}

async function dial(
  clients: Clients,
  schema: string | undefined,
  { listener, leaseMs, previous }: DialOptions,
) {
  const wire = new PostgresWire(clients, listener, leaseMs);
  try {
    await Promise.all(Object.values(clients).map((client) => client.connect()));
    await setUp(clients, schema);
    const lease = await wire.begin(previous);
    return { wire, lease };
  } catch (error) {
    wire.break();
    throw error;
  }
}

function clientOf(connectionString: string, statementTimeoutMs: number): pg.Client {
  const config: pg.ClientConfig & { pipeline: boolean } = {
    connectionString,
    application_name: "parley bus",
    connectionTimeoutMillis: Math.min(CONNECT_TIMEOUT_MS, statementTimeoutMs),
    query_timeout: statementTimeoutMs,
    keepAlive: true,
    pipeline: true,
  };
  return new pg.Client(config);
}

async function setUp({ line, work, store }: Clients, schema: string | undefined): Promise<void> {
  const path = schema === undefined ? "" : `set search_path to ${pg.escapeIdentifier(schema)};`;
  await Promise.all([line.query(RELAXED + path), work.query(RELAXED + path), store.query(SAFE + path)]);
  const { rows: [found] } = await line.query(text.HAS_SCHEMA);
  if (found.has_schema) return;
  await line.query("begin");
  await line.query(text.LOCK, ["parley bus schema"]);
  if (schema !== undefined) await line.query(`create schema if not exists ${pg.escapeIdentifier(schema)}`);
  await line.query(text.SCHEMA);
  await line.query("commit");
}
