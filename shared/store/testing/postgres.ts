/** PostgreSQL for tests: a database of a test's own, so that tests neither see nor disturb anything else. */
// @ts-types="@types/pg"
import pg from "pg";

const ADMIN_URL = Deno.env.get("PARLEY_TEST_POSTGRES") ?? "postgres://postgres@127.0.0.1:5432/postgres";

/** Says what is missing to test on PostgreSQL; undefined when all is there. */
export async function missingPostgres(): Promise<string | undefined> {
  try {
    await asAdmin("select 1");
    return undefined;
  } catch {
    return "needs PostgreSQL at PARLEY_TEST_POSTGRES, as a user that may create databases";
  }
}

export interface TestDatabase extends AsyncDisposable {
  /** Where it is, for its owner or for another `user`, reached at another port when one is given. */
  url(as?: { user?: string; port?: number }): string;
  /** Runs statements in it as its owner. */
  run(text: string): Promise<pg.QueryResult>;
}

/** Makes an empty database whose language sorts unlike ours, until it is disposed of, whoever is connected then. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const name = `parley_test_${crypto.randomUUID().replaceAll("-", "")}`;
  await asAdmin(`create database ${name} template template0 encoding 'UTF8'
    locale_provider icu icu_locale 'en' locale 'C.UTF-8'`);
  const url = ({ user, port }: { user?: string; port?: number } = {}) => {
    const at = new URL(ADMIN_URL);
    at.pathname = name;
    if (user !== undefined) at.username = user;
    if (port !== undefined) at.port = `${port}`;
    return at.href;
  };
  return {
    url,
    run: (text) => runAt(url(), text),
    [Symbol.asyncDispose]: async () => {
      await asAdmin(`drop database ${name} with (force)`);
    },
  };
}

/** Runs a statement in the database that `PARLEY_TEST_POSTGRES` names. */
export function asAdmin(text: string): Promise<pg.QueryResult> {
  return runAt(ADMIN_URL, text);
}

async function runAt(connectionString: string, text: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 30_000 });
  try {
    await client.connect();
    return await client.query(text);
  } finally {
    await client.end();
  }
}
