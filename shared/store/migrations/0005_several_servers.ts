/** Which server numbers a session's frames, and what one server leaves for another. */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import type { StoreDialect } from "../dialect.ts";

export function severalServers({ types, rising }: StoreDialect): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable("sessions").addColumn("server_id", types.id).execute();
      await db.schema.createTable("errands").addColumn("position", types.number, rising)
        .addColumn("tenant_id", types.id, (column) => column.notNull())
        .addColumn("principal_id", types.id, (column) => column.notNull())
        .addColumn("server_id", types.id, (column) => column.notNull())
        .addColumn("body", types.text, (column) => column.notNull())
        .execute();
      await db.schema.createIndex("errands_by_server").on("errands")
        .columns(["tenant_id", "server_id", "position"]).execute();
    },
  };
}
