/** Brings a database's tables to what this version expects, or refuses one that a newer version has changed. */
import { Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { ParleyError } from "../../error.ts";
import type { StoreDialect } from "../dialect.ts";
import { first } from "./0001_first.ts";
import { framesTogether } from "./0002_frames_together.ts";
import { presenceAndCommands } from "./0003_presence_and_commands.ts";
import { tasks } from "./0004_tasks.ts";
import { severalServers } from "./0005_several_servers.ts";
import { messagesByParticipant } from "./0006_messages_by_participant.ts";
import { deadLettersSearch } from "./0007_dead_letters_search.ts";

export const MIGRATION_TABLE = "parley_migrations";
export const LOCK_TABLE = "parley_migrations_lock";

/** Lists every migration by its numbered name; a name never changes once released. */
export function migrations(dialect: StoreDialect): Record<string, Migration> {
  return {
    "0001_first": first(dialect),
    "0002_frames_together": framesTogether,
    "0003_presence_and_commands": presenceAndCommands(dialect),
    "0004_tasks": tasks(dialect),
    "0005_several_servers": severalServers(dialect),
    "0006_messages_by_participant": messagesByParticipant,
    "0007_dead_letters_search": deadLettersSearch(dialect),
  };
}

/**
 * Applies what is missing, each migration as a whole; of several servers that do so at once one does, and the others
 * wait. Changes nothing, and needs no right to, when nothing is missing. Throws `conflict` when a newer version has
 * migrated the database.
 */
export async function migrate<DB>(db: Kysely<DB>, dialect: StoreDialect): Promise<void> {
  const { missing } = await migrationState(db, dialect);
  if (missing.length === 0) return;
  if (!dialect.migrating) return await applyMissing(db, dialect);
  const patient = new Kysely<DB>({ dialect: dialect.migrating });
  try {
    await applyMissing(patient, dialect);
  } finally {
    await patient.destroy();
  }
}

async function applyMissing<DB>(db: Kysely<DB>, dialect: StoreDialect): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations(dialect)) },
    migrationTableName: MIGRATION_TABLE,
    migrationLockTableName: LOCK_TABLE,
    migrationTableSchema: await ownSchema(db, dialect),
  });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

/** Which migrations a database has had, and which it has not, by name in their order. */
export interface MigrationState {
  applied: string[];
  missing: string[];
}

/** Looks which migrations there were. Throws `conflict` when a newer version has migrated the database. */
export async function migrationState<DB>(db: Kysely<DB>, dialect: StoreDialect): Promise<MigrationState> {
  const known = Object.keys(migrations(dialect));
  const applied = await appliedTo(db as unknown as Kysely<MigrationTables>, dialect);
  const unknown = applied.find((name) => !known.includes(name));
  if (unknown === undefined) return { applied, missing: known.filter((name) => !applied.includes(name)) };
  throw new ParleyError(
    "conflict",
    `A newer version of Parley has changed ${dialect.name} (step '${unknown}'). Run that version, or name another database in DATABASE_URL.`,
  );
}

interface MigrationTables {
  [MIGRATION_TABLE]: { name: string };
}

async function appliedTo(db: Kysely<MigrationTables>, dialect: StoreDialect): Promise<string[]> {
  const schema = await ownSchema(db, dialect);
  const tables = await db.introspection.getTables();
  if (!tables.some((table) => table.name === MIGRATION_TABLE && (!schema || table.schema === schema))) {
    return [];
  }
  const rows = await db.selectFrom(MIGRATION_TABLE).select("name").orderBy("name").execute();
  return rows.map(({ name }) => name);
}

/**
 * Asks which of several schemas the tables are made in and looked for; undefined: there is but one. Throws `unavailable`
 * when the connection names none that is there, since those of others may have tables of the same names.
 */
async function ownSchema<DB>(db: Kysely<DB>, dialect: StoreDialect): Promise<string | undefined> {
  if (!dialect.schema) return undefined;
  const { rows } = await sql<{ name: string | null }>`select ${sql.raw(dialect.schema)} as name`.execute(db);
  if (rows[0]?.name !== null) return rows[0]?.name;
  throw new ParleyError(
    "unavailable",
    `${dialect.name} has no schema of the name that DATABASE_URL (search_path) gives, or lets this user see none. Create it first.`,
  );
}
