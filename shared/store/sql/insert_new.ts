/** A row that is inserted unless it is known, as SQLite and PostgreSQL say it. */
import type { Compilable, Kysely } from "kysely";
import type { NewRow } from "../dialect.ts";
import type { Tables } from "./schema.ts";

/** Inserts by `on conflict do nothing`. */
export function insertOnNoConflict<T extends keyof Tables & string>(
  db: Kysely<Tables>,
  { table, values }: NewRow<T>,
): Compilable<never> {
  return (db as unknown as Kysely<AnyTable>).insertInto(table).values(values)
    .onConflict((conflict) => conflict.doNothing()) as Compilable<never>;
}

/** To Kysely, which cannot follow a table that is only named when it is called. */
type AnyTable = Record<string, Record<string, unknown>>;
