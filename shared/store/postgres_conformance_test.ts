/** The conformance suite on a real PostgreSQL, with one server and with two. */
import { storeConformance } from "./conformance.ts";
import { openStore } from "./open.ts";
import type { Store } from "./store.ts";
import { missingPostgres, openTestDatabase, type TestDatabase } from "./testing/postgres.ts";

const missing = await missingPostgres();
let database: TestDatabase;

/** One database for all cases, which are run one after the other: to make one takes longer than most cases. */
Deno.test.beforeAll(async () => {
  if (!missing) database = await openTestDatabase();
});
Deno.test.afterAll(async () => {
  if (!missing) await database[Symbol.asyncDispose]();
});

storeConformance({
  name: "PostgreSQL",
  open: async () => (await openEmpty(1))[0]!,
  openTwo: async () => await openEmpty(2) as [Store, Store],
  missing,
});

/** A table that is empty is left alone: to truncate it makes its file anew. */
const EMPTY = `do $$ declare name text; has_rows boolean; begin
  for name in select tablename from pg_tables where schemaname = 'public' and tablename not like '%migrations%' loop
    execute format('select exists (select from %I)', name) into has_rows;
    if has_rows then execute format('truncate %I restart identity', name); end if;
  end loop; end $$`;

async function openEmpty(count: number): Promise<Store[]> {
  await database.run(EMPTY);
  return await Promise.all(Array.from({ length: count }, () => openStore(database.url())));
}
