/** Who was there when, and what agents were told to do. */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import type { StoreDialect } from "../dialect.ts";
import { NOT_ENDED } from "../sql/schema.ts";

export function presenceAndCommands(dialect: StoreDialect): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await createPresenceChanges(db, dialect);
      await createCommands(db, dialect);
    },
  };
}

async function createPresenceChanges(db: Kysely<unknown>, { types, rising }: StoreDialect): Promise<void> {
  await db.schema.createTable("presence_changes").addColumn("position", types.number, rising)
    .addColumn("tenant_id", types.id, (column) => column.notNull())
    .addColumn("principal_id", types.id, (column) => column.notNull())
    .addColumn("peer_id", types.id, (column) => column.notNull())
    .addColumn("kind", types.id, (column) => column.notNull())
    .addColumn("at", types.id, (column) => column.notNull())
    .addColumn("status", types.id, (column) => column.notNull())
    .addColumn("is_online", types.number, (column) => column.notNull())
    .addColumn("reason", types.text, (column) => column.notNull())
    .execute();
  // The time stands in it so that looking for a period reads the index alone.
  await db.schema.createIndex("presence_changes_by_peer").on("presence_changes")
    .columns(["tenant_id", "peer_id", "position", "at"]).execute();
  await db.schema.createIndex("presence_changes_by_at").on("presence_changes")
    .columns(["tenant_id", "at"]).execute();
}

async function createCommands(db: Kysely<unknown>, { types, rising }: StoreDialect): Promise<void> {
  await db.schema.createTable("commands").addColumn("position", types.number, rising)
    .addColumn("tenant_id", types.id, (column) => column.notNull())
    .addColumn("command_id", types.id, (column) => column.notNull())
    .addColumn("principal_id", types.id, (column) => column.notNull())
    .addColumn("agent_id", types.id, (column) => column.notNull())
    .addColumn("requested_by", types.id, (column) => column.notNull())
    .addColumn("status", types.id, (column) => column.notNull())
    .addColumn("created_at", types.id, (column) => column.notNull())
    .addColumn("body", types.text, (column) => column.notNull())
    .addUniqueConstraint("commands_id", ["tenant_id", "command_id"])
    .execute();
  for (const by of ["agent_id", "requested_by"]) {
    await db.schema.createIndex(`commands_by_${by}`).on("commands").columns(["tenant_id", by, "position"])
      .execute();
  }
  await db.schema.createIndex("commands_by_position").on("commands").columns(["tenant_id", "position"])
    .execute();
  await db.schema.createIndex("commands_by_created_at").on("commands").columns(["tenant_id", "created_at"])
    .execute();
  // Only what has not ended is ever looked for by its status.
  await sql`create index commands_not_ended on commands (tenant_id, position, agent_id, status)
    where ${sql.raw(NOT_ENDED)}`.execute(db);
}
