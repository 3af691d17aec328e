/** Finds dead letters by their words. */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import type { StoreDialect } from "../dialect.ts";

/**
 * Null in what was kept before, which a search reads itself: SQL Server takes no statement that fills a column in the
 * batch that adds it, and `db:sql` prints one.
 */
export function deadLettersSearch({ types }: StoreDialect): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable("dead_letters").addColumn("text_search", types.text).execute();
    },
  };
}
