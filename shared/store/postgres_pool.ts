/** Connections to PostgreSQL that nothing waits for without end, and that are given up when they may be dead. */
// @ts-types="@types/pg"
import pg from "pg";
import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from "kysely";
import { ConfigError } from "../config.ts";
import { ParleyError } from "../error.ts";
import { requirePostgresFiles } from "../postgres_files.ts";
import { isLost } from "./postgres_errors.ts";

/** How long a connection and a statement may take, in milliseconds, and how many connections there may be. */
export interface Limits {
  connectMs: number;
  statementMs: number;
  /** How long this process waits for the answer to a statement, if not 2 s longer than the server does. */
  answerMs?: number;
  max?: number;
}

/** The server's own limit ends a statement the better way, so it comes first. */
const GRACE_MS = 2_000;
/** A process that stands still within a transaction holds up the others no longer than this. */
const IDLE_IN_TRANSACTION_MS = 10_000;
const IDLE_MS = 30_000;
const MOST = 10;

const INT8 = 20;
const NUMERIC = 1700;

/** Positions and counts are numbers to us; none comes near the largest that is exact. */
const types = {
  getTypeParser: (oid: number, format?: "text" | "binary") =>
    oid === INT8 || oid === NUMERIC ? Number : pg.types.getTypeParser(oid, format as "text"),
};

/** A pool, as far as Kysely needs one. */
export class PostgresConnections implements PostgresPool {
  readonly options = {};
  readonly #pool: pg.Pool;
  readonly #names = new StatementNames();
  #lossCount = 0;
  /** How many losses there had been when a connection was made. */
  readonly #losses = new WeakMap<pg.PoolClient, number>();

  constructor(
    url: string,
    { connectMs, statementMs, answerMs = statementMs + GRACE_MS, max = MOST }: Limits,
  ) {
    targetOf(url);
    requirePostgresFiles(url, "DATABASE_URL");
    this.#pool = poolOf({
      connectionString: url,
      max,
      types: types as pg.CustomTypesConfig,
      connectionTimeoutMillis: connectMs,
      query_timeout: answerMs,
      idleTimeoutMillis: IDLE_MS,
      keepAlive: true,
      application_name: "parley",
      onConnect: (client) => prepareConnection(client, statementMs),
    });
    // One that dies while nobody uses it has left the pool by then.
    this.#pool.on("error", () => {});
  }

  /** Passes over connections from before the last loss: what cut one has often cut them all. */
  async connect(): Promise<PostgresPoolClient> {
    for (;;) {
      const client = await this.#pool.connect();
      const losses = this.#losses.get(client) ?? this.#lossCount;
      this.#losses.set(client, losses);
      if (losses === this.#lossCount) return new Connection(client, this.#names, () => this.#lossCount++);
      client.release(true);
    }
  }

  end(): Promise<void> {
    return this.#pool.end();
  }
}

/** Statements that are kept prepared on each connection; the store's own are fewer, only lists of ids vary. */
const NAMED = 200;

/** Names statements, so that each connection plans them once: most are run for every message. */
class StatementNames {
  readonly #names = new Map<string, string>();

  of(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size >= NAMED) return known;
    const name = `parley_${this.#names.size}`;
    this.#names.set(text, name);
    return name;
  }
}

/** A connection that leaves the pool when an error says that it may be dead. */
class Connection implements PostgresPoolClient {
  #isLost = false;

  constructor(
    private readonly client: pg.PoolClient,
    private readonly names: StatementNames,
    private readonly onLoss: () => void,
  ) {}

  query<R>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query(text: unknown, values?: readonly unknown[]): never;
  async query(text: string, values: readonly unknown[]): Promise<unknown> {
    // What was done is undone when the connection ends; asking would only take as long again.
    if (this.#isLost) return { command: "ROLLBACK", rowCount: 0, rows: [] };
    try {
      return await this.client.query({ name: this.names.of(text), text, values: values.map(storable) });
    } catch (error) {
      this.#isLost = isLost(error);
      if (this.#isLost) this.onLoss();
      throw error;
    }
  }

  release(destroy = false): void {
    this.client.release(destroy || this.#isLost);
  }
}

/** PostgreSQL keeps no NUL in a text. Messages have none, as they are kept as JSON; what else has one shows where it was. */
function storable(value: unknown): unknown {
  return typeof value === "string" && value.includes("\0") ? value.replaceAll("\0", "\ufffd") : value;
}

async function prepareConnection(client: pg.ClientBase, statementMs: number): Promise<void> {
  // The pool hears only of those that nobody uses; one that dies in use would end the process.
  client.on("error", () => {});
  await client.query(`set statement_timeout = ${statementMs};
    set idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS};
    set client_min_messages = warning`);
  // What a write promises is kept even where somebody has chosen speed for everything else.
  const { rows } = await client.query(`select current_setting('server_encoding') as encoding,
    case when current_setting('synchronous_commit') = 'off' then set_config('synchronous_commit', 'on', false) end`);
  if (rows[0].encoding === "UTF8") return;
  throw new ParleyError(
    "conflict",
    `The database's encoding is ${
      rows[0].encoding
    }, which cannot hold every text. Name one with encoding UTF8 in DATABASE_URL.`,
  );
}

function poolOf(config: pg.PoolConfig): pg.Pool {
  try {
    return new pg.Pool(config);
  } catch (cause) {
    throw new ConfigError(`DATABASE_URL: ${(cause as Error).message}.`);
  }
}

/** Names the database that `url` means, for people, without its password. Throws `ConfigError` when it means none. */
export function targetOf(url: string): string {
  if (!isReadable(url)) {
    throw new ConfigError(
      "DATABASE_URL: write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE, special characters as %XX.",
    );
  }
  const { hostname, port, pathname } = new URL(url);
  const name = decodeURIComponent(pathname.slice(1));
  if (name === "") {
    throw new ConfigError(
      "DATABASE_URL: name a database, as in postgres://USER:PASSWORD@HOST:PORT/DATABASE.",
    );
  }
  return `the PostgreSQL database '${name}' on ${hostname || "this machine"}:${port || 5432}`;
}

/** Tells whether `url` is one, and what of it is written as %XX means something. */
function isReadable(url: string): boolean {
  try {
    const { username, password, pathname } = new URL(url);
    for (const part of [username, password, pathname]) decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}
