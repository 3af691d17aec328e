/** DEPLOYMENT.md says of every table and column what it means, and of nothing that there is not. */
import assert from "node:assert/strict";
import { ddlOf } from "../../shared/store/migrations/ddl.ts";
import { openDialect } from "../../shared/store/open.ts";

/** Lists `table.column` for all that the migrations make. */
async function made(): Promise<string[]> {
  const dialect = await openDialect("postgres://anybody@localhost/parley");
  const statements = (await ddlOf(dialect, { at: new Date() })).flatMap((step) => step.statements);
  return statements.flatMap((statement) => {
    const added = /^alter table "(\w+)" add column "(\w+)"/.exec(statement);
    if (added) return [`${added[1]}.${added[2]}`];
    const table = /^create table "(\w+)"/.exec(statement)?.[1];
    const columns = table ? [...statement.matchAll(/[(,] ?"(\w+)" (?:text|bigint|varchar|integer)/g)] : [];
    return columns.map(([, column]) => `${table}.${column}`);
  });
}

/** Lists `table.column` for all that the document explains. */
async function documented(): Promise<string[]> {
  const text = await Deno.readTextFile(new URL("../../DEPLOYMENT.md", import.meta.url));
  const sections = text.slice(text.indexOf("## The schema")).split("\n### ").slice(1);
  return sections.flatMap((section) => {
    const [heading, ...lines] = section.split("\n");
    const tables = namesIn(heading!);
    const columns = lines.filter((line) => line.startsWith("| `")).map((line) =>
      namesIn(line.split("|")[1]!)
    );
    // The last heading explains two tables, one in each line.
    return columns.flatMap((names, line) =>
      names.map((name) => `${tables[line] && tables.length > 1 ? tables[line] : tables[0]}.${name}`)
    );
  });
}

function namesIn(text: string): string[] {
  return [...text.matchAll(/`(\w+)`/g)].map(([, name]) => name!);
}

Deno.test("DEPLOYMENT.md explains each column of the schema, and no other", async () => {
  assert.deepEqual((await documented()).sort(), (await made()).sort());
});
