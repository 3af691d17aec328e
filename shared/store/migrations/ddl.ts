/** The statements that migrations run, as text that a person can read and run, without any database. */
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type QueryResult,
} from "kysely";
import { MIGRATION_LOCK_ID } from "kysely/migration";
import type { StoreDialect } from "../dialect.ts";
import { LOCK_TABLE, MIGRATION_TABLE, migrations } from "./migrate.ts";

/** Statements that belong together, and what they are for. */
export interface DdlStep {
  name: string;
  statements: string[];
}

/**
 * Lists what brings an empty database up to date, or one that has had the migrations up to `after`; `at` is the time
 * that is noted for each. Throws `RangeError` when there is no migration of the name `after`.
 */
export async function ddlOf(
  dialect: StoreDialect,
  { at, after }: { at: Date; after?: string | undefined },
): Promise<DdlStep[]> {
  const known = Object.entries(migrations(dialect));
  const begin = known.findIndex(([name]) => name === after) + 1;
  if (after !== undefined && begin === 0) throw new RangeError(`There is no migration '${after}'.`);
  const steps = after === undefined ? [await stepOf("the list of migrations", dialect, createLists)] : [];
  for (const [index, [name, migration]] of known.slice(begin).entries()) {
    // Each a millisecond later than the one before: that is how their order is told.
    const timestamp = new Date(at.getTime() + index).toISOString();
    steps.push(
      await stepOf(name, dialect, async (db) => {
        await migration.up(db);
        await db.insertInto(MIGRATION_TABLE).values({ name, timestamp }).execute();
      }),
    );
  }
  return steps;
}

type Lists = Record<string, Record<string, unknown>>;

/** Makes the tables in which Kysely keeps which migrations there were, as it makes them itself. */
async function createLists(db: Kysely<Lists>): Promise<void> {
  await db.schema.createTable(MIGRATION_TABLE)
    .addColumn("name", "varchar(255)", (column) => column.notNull().primaryKey())
    .addColumn("timestamp", "varchar(255)", (column) => column.notNull()).execute();
  await db.schema.createTable(LOCK_TABLE)
    .addColumn("id", "varchar(255)", (column) => column.notNull().primaryKey())
    .addColumn("is_locked", "integer", (column) => column.notNull().defaultTo(0)).execute();
  await db.insertInto(LOCK_TABLE).values({ id: MIGRATION_LOCK_ID, is_locked: 0 }).execute();
}

async function stepOf(
  name: string,
  { kysely }: StoreDialect,
  run: (db: Kysely<Lists>) => Promise<void>,
): Promise<DdlStep> {
  const statements: string[] = [];
  const db = new Kysely<Lists>({ dialect: recording(kysely, (query) => statements.push(inlined(query))) });
  await run(db);
  return { name, statements };
}

/** Speaks as `dialect` does, to nobody but `record`. */
function recording(dialect: Dialect, record: (query: CompiledQuery) => void): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver: () => new RecordingDriver(record),
  };
}

class RecordingDriver implements Driver {
  constructor(private readonly record: (query: CompiledQuery) => void) {}

  acquireConnection(): Promise<DatabaseConnection> {
    return Promise.resolve({
      executeQuery: <R>(query: CompiledQuery): Promise<QueryResult<R>> => {
        this.record(query);
        return Promise.resolve({ rows: [] });
      },
      streamQuery: () => {
        throw new Error("A migration streams nothing.");
      },
    });
  }

  init = nothing;
  beginTransaction = nothing;
  commitTransaction = nothing;
  rollbackTransaction = nothing;
  releaseConnection = nothing;
  destroy = nothing;
}

function nothing(): Promise<void> {
  return Promise.resolve();
}

/** Puts the values in their places; migrations have names, times and small numbers alone. */
function inlined({ sql, parameters }: CompiledQuery): string {
  let next = 0;
  return sql.replace(/\?|\$\d+|@\d+/g, () => literal(parameters[next++]));
}

function literal(value: unknown): string {
  if (typeof value === "number") return `${value}`;
  return `'${String(value).replaceAll("'", "''")}'`;
}
