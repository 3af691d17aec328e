/** The golden files of `testdata/mssql`: every statement that SQL Server would be sent, for people and tests to read. */
import { MssqlAdapter, MssqlIntrospector, MssqlQueryCompiler } from "kysely";
import type { StoreDialect } from "../dialect.ts";
import { ddlOf, type DdlStep } from "../migrations/ddl.ts";
import { mssql } from "../mssql.ts";
import { recordStatements } from "./mssql_recorder.ts";

export const GOLDEN = new URL("../testdata/mssql/", import.meta.url);

const AT = new Date("2026-01-01T00:00:00.000Z");

/** Gives the files as they are to be, by name. */
export async function goldenFiles(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const [table, statements] of await recordStatements()) files.set(`${table}.sql`, fileOf(statements));
  files.set("schema.sql", fileOf((await schemaOfMssql()).flatMap(({ statements }) => statements)));
  return files;
}

/** Gives the statements that make the tables. */
export function schemaOfMssql(): Promise<DdlStep[]> {
  const kysely: StoreDialect["kysely"] = {
    createAdapter: () => new MssqlAdapter(),
    createQueryCompiler: () => new MssqlQueryCompiler(),
    createIntrospector: (db) => new MssqlIntrospector(db),
    createDriver: () => {
      throw new Error("There is nothing to connect to.");
    },
  };
  return ddlOf({ ...mssql, name: "SQL Server", kysely }, { at: AT });
}

function fileOf(statements: readonly string[]): string {
  return statements.map((statement) => `${statement.replace(/;$/, "")};\n`).join("\n");
}
