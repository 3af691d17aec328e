/** Runs SQL Server's statements on SQLite, so that all that the store would send to a SQL Server can be written down. */
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type FunctionNode,
  Kysely,
  LimitNode,
  MssqlAdapter,
  MssqlQueryCompiler,
  OperationNodeTransformer,
  type QueryId,
  type QueryResult,
  RawNode,
  type RootOperationNode,
  type SelectQueryNode,
  SqliteQueryCompiler,
} from "kysely";
import { runCase, storeCases } from "../conformance.ts";
import type { StoreDialect } from "../dialect.ts";
import { migrate } from "../migrations/migrate.ts";
import { mssql } from "../mssql.ts";
import { openSqlStore } from "../sql.ts";
import { openSqlite } from "../sqlite.ts";
import type { Store } from "../store.ts";

/**
 * Runs the conformance suite, which must pass, and gives every statement that was sent, by the table it is about. Of
 * those that differ in how many rows or values they name alone, it gives the shortest.
 */
export async function recordStatements(): Promise<Map<string, string[]>> {
  const sent = new Map<string, string>();
  const record = (sql: string) => {
    const known = sent.get(shapeOf(sql));
    if (known === undefined || isBefore(sql, known)) sent.set(shapeOf(sql), sql);
  };
  for (const run of Object.values(storeCases)) await runCase(run, () => openRecorded(record));
  const statements = [...sent.values()].sort();
  return Map.groupBy(statements, (sql) => /(?:from|into|update) "(\w+)"/.exec(sql)?.[1] ?? "other");
}

function shapeOf(sql: string): string {
  return sql.replace(/@\d+/g, "@").replace(/top\(\d+\)/g, "top").replace(/in \(@(, @)*\)/g, "in (@)");
}

function isBefore(one: string, other: string): boolean {
  return one.length === other.length ? one < other : one.length < other.length;
}

async function openRecorded(record: (sql: string) => void): Promise<Store> {
  const sqlite = openSqlite(":memory:");
  const inner = new Kysely({ dialect: sqlite.kysely });
  await migrate(inner, sqlite);
  const dialect: StoreDialect = {
    ...mssql,
    name: "SQL Server's statements on SQLite",
    kysely: {
      createAdapter: () => new MssqlAdapter(),
      createQueryCompiler: () => new MssqlQueryCompiler(),
      createIntrospector: () => inner.introspection,
      createDriver: () => recordingDriver(sqlite.kysely.createDriver(), record),
    },
  };
  return await openSqlStore(dialect);
}

/** Writes down each statement, and has SQLite run what it means. */
function recordingDriver(driver: Driver, record: (sql: string) => void): Driver {
  const own = new WeakMap<DatabaseConnection, DatabaseConnection>();
  const innerOf = (connection: DatabaseConnection) => own.get(connection)!;
  return {
    init: () => driver.init(),
    async acquireConnection() {
      const inner = await driver.acquireConnection();
      const connection: DatabaseConnection = {
        executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
          record(query.sql);
          const meant = onSqlite(query);
          return meant ? inner.executeQuery<R>(meant) : Promise.resolve({ rows: [] });
        },
        streamQuery: () => {
          throw new Error("The store streams nothing.");
        },
      };
      own.set(connection, inner);
      return connection;
    },
    beginTransaction: (connection, settings) => driver.beginTransaction(innerOf(connection), settings),
    commitTransaction: (connection) => driver.commitTransaction(innerOf(connection)),
    rollbackTransaction: (connection) => driver.rollbackTransaction(innerOf(connection)),
    releaseConnection: (connection) => driver.releaseConnection(innerOf(connection)),
    destroy: () => driver.destroy(),
  };
}

/** What only SQL Server has and SQLite needs not: it has one writer, and one schema. */
const SERVER_ONLY = /sp_getapplock|schema_name\(\)/;

function onSqlite(query: CompiledQuery): CompiledQuery | undefined {
  if (SERVER_ONLY.test(query.sql)) return undefined;
  const node = new ToSqlite().transformNode(query.query, query.queryId) as RootOperationNode;
  const compiled = new SqliteQueryCompiler().compileQuery(node, query.queryId);
  if (compiled.parameters.length === query.parameters.length) {
    return { ...compiled, parameters: query.parameters };
  }
  throw new Error(`SQLite takes other values than SQL Server for: ${query.sql}`);
}

/** Says `limit` at the end where SQL Server says `top` at the beginning, and calls a function by its name there. */
class ToSqlite extends OperationNodeTransformer {
  protected override transformFunction(node: FunctionNode, queryId?: QueryId): FunctionNode {
    const called = super.transformFunction(node, queryId);
    return called.func === "datalength" ? { ...called, func: "octet_length" } : called;
  }

  protected override transformSelectQuery(node: SelectQueryNode, queryId?: QueryId): SelectQueryNode {
    const { top, ...rest } = super.transformSelectQuery(node, queryId);
    if (!top) return rest;
    return { ...rest, limit: LimitNode.create(RawNode.createWithSql(`${top.expression}`)) };
  }
}
