/** Brings a database's tables to what this version expects, or refuses one that a newer version has changed. */
import type { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { ParleyError } from "../../error.ts";
import type { StoreDialect } from "../dialect.ts";
import { first } from "./0001_first.ts";
import { framesTogether } from "./0002_frames_together.ts";
import { presenceAndCommands } from "./0003_presence_and_commands.ts";

const MIGRATION_TABLE = "parley_migrations";
const LOCK_TABLE = "parley_migrations_lock";

/** Lists every migration by its numbered name; a name never changes once released. */
function migrations(dialect: StoreDialect): Record<string, Migration> {
  return {
    "0001_first": first(dialect),
    "0002_frames_together": framesTogether,
    "0003_presence_and_commands": presenceAndCommands(dialect),
  };
}

/** Applies what is missing, each migration as a whole. Throws `conflict` when a newer version has migrated the database. */
export async function migrate<DB>(db: Kysely<DB>, dialect: StoreDialect): Promise<void> {
  const known = migrations(dialect);
  await refuseNewer(db as unknown as Kysely<MigrationTables>, dialect, Object.keys(known));
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(known) },
    migrationTableName: MIGRATION_TABLE,
    migrationLockTableName: LOCK_TABLE,
  });
  const { error } = await migrator.migrateToLatest();
  if (error) throw dialect.explain(error) ?? error;
}

interface MigrationTables {
  [MIGRATION_TABLE]: { name: string };
}

async function refuseNewer(
  db: Kysely<MigrationTables>,
  dialect: StoreDialect,
  known: readonly string[],
): Promise<void> {
  const tables = await db.introspection.getTables();
  if (!tables.some((table) => table.name === MIGRATION_TABLE)) return;
  const applied = await db.selectFrom(MIGRATION_TABLE).select("name").orderBy("name").execute();
  const unknown = applied.find(({ name }) => !known.includes(name));
  if (!unknown) return;
  throw new ParleyError(
    "conflict",
    `A newer version of Parley has changed ${dialect.name} (step '${unknown.name}'). Run that version, or name another database in DATABASE_URL.`,
  );
}
