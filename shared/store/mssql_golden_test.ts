/** What SQL Server is sent: as the golden files say, nothing that T-SQL does not have, no key that is too long. */
import assert from "node:assert/strict";
import { GOLDEN, goldenFiles, schemaOfMssql } from "./testing/mssql_golden.ts";
import { foreignTo, tooLongKeys } from "./testing/tsql.ts";

Deno.test("SQL Server's statements keep the store's promises on SQLite, and are those of testdata/mssql", async () => {
  const files = await goldenFiles();
  const kept = [...Deno.readDirSync(GOLDEN)].map(({ name }) => name);
  assert.deepEqual(kept.sort(), [...files.keys()].sort(), "deno task gen:mssql writes them anew");
  for (const [name, text] of files) {
    assert.equal(Deno.readTextFileSync(new URL(name, GOLDEN)), text, "deno task gen:mssql writes them anew");
  }
});

Deno.test("no statement for SQL Server has what T-SQL does not", () => {
  for (const { name } of Deno.readDirSync(GOLDEN)) {
    const statements = Deno.readTextFileSync(new URL(name, GOLDEN)).split(";\n\n");
    assert.ok(statements.length > 0);
    for (const statement of statements) {
      // Kysely's own tables, which hold names of migrations and times.
      if (/^create table "parley_migrations/.test(statement)) continue;
      assert.deepEqual(foreignTo(statement), [], `${name}: ${statement}`);
    }
  }
});

Deno.test("no key on SQL Server can be longer than it takes", async () => {
  const statements = (await schemaOfMssql()).flatMap((step) => step.statements);
  assert.deepEqual(tooLongKeys(statements), []);
  const wide = ["a", "b", "c"].map((column) => `"${column}" nvarchar(200) collate X not null`).join(", ");
  const table = `create table "t" (${wide}, constraint "t_key" primary key ("a", "b", "c"))`;
  assert.deepEqual(tooLongKeys([table]), ["t_key: 1200 bytes"]);
  const index = 'create index "t_by" on "t" ("a", "b", "c", "a", "b")';
  assert.deepEqual(tooLongKeys([table.replace("primary key", "unique"), index]), ["t_by: 2000 bytes"]);
});

const FOREIGN = [
  `select "a" from "t" order by "a" limit @1`,
  `insert into "t" ("a") values (@1) returning "a"`,
  `insert into "t" ("a") values (@1) on conflict do nothing`,
  `select "a" from "t" where true`,
  `select "a" from "t" where "b" is not true`,
  `select "a" || "b" from "t"`,
  "select `a` from `t`",
  `select "a" from "t" where "a" ilike @1`,
  `select "a"::text from "t"`,
  `select "a" from "t" where "a" = $1`,
  `select "a" from "t" where "a" = ?`,
  `create table if not exists "t" ("a" bigint)`,
  `create table "t" ("a" integer primary key autoincrement)`,
  `create table "t" ("a" boolean)`,
  `create table "t" ("a" text not null)`,
  `create table "t" ("a" varchar(200))`,
  `update "t" as "x" set "a" = @1`,
  `delete from "t" as "x" where "x"."a" = @1`,
  `select "a" from "t" order by "a" nulls first`,
  `select "a" from "t" for update skip locked`,
  `select now()`,
  `select octet_length("a") from "t"`,
  `delete from "t" where "a" in (select "a" from "t" order by "a")`,
  `select 'é'`,
];

for (const statement of FOREIGN) {
  Deno.test(`foreignTo() sees what is not T-SQL in: ${statement}`, () => {
    assert.notDeepEqual(foreignTo(statement), []);
  });
}

Deno.test("foreignTo() leaves alone what stands in a text", () => {
  assert.deepEqual(foreignTo(`select 'limit 1 || ''true'' ? $1' as "a", "b" as "limited" from "t"`), []);
});
