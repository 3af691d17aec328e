/** The store's database for whoever looks after it: migrate it, see where it stands, or print what would be run. */
import { Kysely } from "kysely";
import { parseServerConfig, resourcesOf, SERVER_VARIABLES } from "../server/config.ts";
import { ConfigError } from "../shared/config.ts";
import { readEnvironment } from "../shared/environment.ts";
import { ParleyError } from "../shared/error.ts";
import type { StoreDialect } from "../shared/store/dialect.ts";
import { migrate, type MigrationState, migrationState } from "../shared/store/migrations/migrate.ts";
import { openDialect } from "../shared/store/open.ts";
import { kindOf, scriptOf } from "./db/script.ts";

const HELP = `Usage: deno task db:migrate
       deno task db:status
       deno task db:sql [sqlite|postgres|mssql] [--after MIGRATION]

The database is the one that DATABASE_URL names, for a server that is configured by the same variables.

  db:migrate   brings it up to date; changes nothing when it is
  db:status    lists the migrations that it has had and has not; ends with 3 when some are missing
  db:sql       prints the statements that make the tables, without connecting; --after: only those
               that follow a migration that the database has had

Exit codes: 0 done, 1 failed, 2 wrong arguments or configuration, 3 migrations are missing.`;

const EXIT = { done: 0, failed: 1, usage: 2, missing: 3 } as const;

async function main([command, ...args]: readonly string[]): Promise<number> {
  const asksForHelp = [command, ...args].some((arg) => arg === "--help" || arg === "-h");
  if (command === undefined || asksForHelp) return print(HELP, asksForHelp ? EXIT.done : EXIT.usage);
  if (command === "sql") return print(await sqlFor(args));
  if (args.length > 0) throw new ConfigError(`There is no argument '${args[0]}'. Try --help.`);
  if (command === "status") return await status();
  if (command === "migrate") return await bringUpToDate();
  throw new ConfigError(`There is no command '${command}'. Try --help.`);
}

function print(text: string, code: number = EXIT.done): number {
  console.log(text);
  return code;
}

async function sqlFor(args: readonly string[]): Promise<string> {
  const at = args.indexOf("--after");
  const after = at < 0 ? undefined : args[at + 1];
  const rest = at < 0 ? args : args.toSpliced(at, 2);
  if (rest.length > 1 || (at >= 0 && after === undefined)) {
    throw new ConfigError("Write it as: deno task db:sql postgres --after 0001_first. Try --help.");
  }
  return await scriptOf(kindOf(rest[0] ?? await storeUrl()), { at: new Date(), after });
}

async function status(): Promise<number> {
  return await withDatabase(async (db, dialect) => {
    const state = await migrationState(db, dialect);
    return print(described(dialect, state), state.missing.length > 0 ? EXIT.missing : EXIT.done);
  });
}

async function bringUpToDate(): Promise<number> {
  return await withDatabase(async (db, dialect) => {
    const { missing } = await migrationState(db, dialect);
    await migrate(db, dialect);
    const done = missing.length > 0 ? `had ${missing.join(", ")}` : "was up to date";
    return print(`${dialect.name} ${done}.`);
  });
}

function described({ name }: StoreDialect, { applied, missing }: MigrationState): string {
  const line = (word: string) => (migration: string) => `  ${word}  ${migration}`;
  return [`${name}:`, ...applied.map(line("had    ")), ...missing.map(line("missing"))].join("\n");
}

async function withDatabase(
  use: (db: Kysely<unknown>, dialect: StoreDialect) => Promise<number>,
): Promise<number> {
  const dialect = await openDialect(await storeUrl());
  const db = new Kysely<unknown>({ dialect: dialect.kysely });
  try {
    return await use(db, dialect);
  } catch (error) {
    throw dialect.explain(error) ?? error;
  } finally {
    await dialect.close?.();
    await db.destroy();
  }
}

async function storeUrl(): Promise<string> {
  return resourcesOf(parseServerConfig(await readEnvironment({ variables: SERVER_VARIABLES }))).storeUrl;
}

/** Says in one line what went wrong; only a fault of ours shows where. */
function failed(error: unknown): number {
  if (error instanceof ConfigError || error instanceof RangeError) {
    console.error(error.message);
    return EXIT.usage;
  }
  console.error(error instanceof ParleyError ? error.message : error);
  return EXIT.failed;
}

Deno.exitCode = await main(Deno.args.filter((arg) => arg !== "--")).catch(failed);
