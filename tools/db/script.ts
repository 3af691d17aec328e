/** The statements of the migrations as one script, which an administrator reads and runs with the database's own tool. */
import { ConfigError } from "../../shared/config.ts";
import { ddlOf } from "../../shared/store/migrations/ddl.ts";
import { openDialect } from "../../shared/store/open.ts";

/** A place of each kind that need not be there: nothing connects to it. */
const ANYWHERE = {
  sqlite: "sqlite::memory:",
  postgres: "postgres://anybody@localhost/parley",
  mssql: "mssql://anybody:anything@localhost/parley",
} as const;

/** How each says that all of it happens, or nothing. */
const AROUND = {
  sqlite: ["begin;", "commit;"],
  postgres: ["begin;", "commit;"],
  mssql: ["set quoted_identifier on;\nset xact_abort on;\ngo\nbegin transaction;", "commit;\ngo"],
} as const;

export type DatabaseKind = keyof typeof ANYWHERE;

/** Reads the kind of database from its name, or from a `DATABASE_URL`. Throws `ConfigError` for another. */
export function kindOf(nameOrUrl: string): DatabaseKind {
  const scheme = nameOrUrl.split(":", 1)[0]!.toLowerCase().replace(/^postgresql$/, "postgres");
  if (Object.hasOwn(ANYWHERE, scheme)) return scheme as DatabaseKind;
  throw new ConfigError("Name one of sqlite, postgres, mssql, as in: deno task db:sql postgres");
}

/** Writes the script. Throws `RangeError` when there is no migration of the name `after`. */
export async function scriptOf(
  kind: DatabaseKind,
  { at, after }: { at: Date; after?: string | undefined },
): Promise<string> {
  const dialect = await openDialect(ANYWHERE[kind]);
  const steps = await ddlOf(dialect, { at, after });
  await dialect.close?.();
  const [begin, end] = AROUND[kind];
  const parts = steps.map(({ name, statements }) =>
    [`-- ${name}`, ...statements.map((statement) => `${statement};`)].join("\n")
  );
  return [begin, ...parts, end].join("\n\n");
}
