/** PostgreSQL for tests: a database of a test's own, so that tests neither see nor disturb anything else. */
import pg from "pg";

/** The server that tests may make databases on. */
export const POSTGRES_URL = Deno.env.get("PARLEY_TEST_POSTGRES") ??
  "postgres://postgres@127.0.0.1:5432/postgres";

let missing: Promise<string | undefined> | undefined;

/** Says what is missing to test on PostgreSQL; undefined when all is there. */
export function missingPostgres(): Promise<string | undefined> {
  return missing ??= asAdministrator("select 1").then(
    () => undefined,
    () => "needs PostgreSQL, at 127.0.0.1:5432 or where PARLEY_TEST_POSTGRES says",
  );
}

export interface TestDatabase extends AsyncDisposable {
  /** Gives the URL by which a PostgreSQL reached at `port` shows this database. */
  url(port?: number): string;
  /** Runs a statement in the database, as its administrator. */
  run(statement: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
}

/** Where the server listens. */
export function postgresAddress(): { hostname: string; port: number } {
  const { hostname, port } = new URL(POSTGRES_URL);
  return { hostname, port: Number(port || 5432) };
}

/** Makes an empty database, until it is disposed of. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const name = `parley_bus_${crypto.randomUUID().slice(0, 8)}`;
  await asAdministrator(`create database ${name}`);
  const url = (port?: number) => {
    const url = new URL(POSTGRES_URL);
    url.pathname = `/${name}`;
    if (port !== undefined) [url.hostname, url.port] = ["127.0.0.1", String(port)];
    return url.href;
  };
  return {
    url,
    run: (statement, values) => runAt(url(), statement, values),
    [Symbol.asyncDispose]: async () => void await asAdministrator(`drop database ${name} with (force)`),
  };
}

function asAdministrator(statement: string): Promise<Record<string, unknown>[]> {
  return runAt(POSTGRES_URL, statement);
}

async function runAt(url: string, statement: string, values?: unknown[]): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 30_000 });
  try {
    await client.connect();
    return (await client.query(statement, values)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Registers a test on an empty database of its own. In CI a missing PostgreSQL is a failure, not a reason to leave it out. */
export async function live(name: string, run: (database: TestDatabase) => Promise<void>): Promise<void> {
  const missing = await missingPostgres();
  const ignore = missing !== undefined && Deno.env.get("CI") !== "true";
  Deno.test({
    name: `postgres: ${name}${ignore ? ` (${missing})` : ""}`,
    ignore,
    fn: async () => {
      await using database = await openTestDatabase();
      await run(database);
    },
  });
}
