/** The store's dialect for SQLite: the part of `node:sqlite` that Kysely needs, and one owner for each file. */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import {
  type CompiledQuery,
  type QueryResult,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  type SqliteStatement,
} from "kysely";
import { ParleyError } from "../error.ts";
import { WalSync } from "../wal_sync.ts";
import type { StoreDialect } from "./dialect.ts";
import { insertOnNoConflict } from "./sql/insert_new.ts";

/** Statements that are kept prepared; the store's own are fewer, only searches vary. */
const STATEMENT_LIMIT = 200;

/**
 * Pages in the write-ahead log before a checkpoint, which waits for the disk: with fewer it comes too often,
 * with more it stops the process for too long at once.
 */
const CHECKPOINT_PAGES = 1_000;
/** Bytes that the log keeps on the disk after a large transaction. */
const LOG_BYTES = 32_000_000;
/** Bytes of a page of a new file: rows of messages and tasks are about 1 KB, and each change of one writes its page. */
const PAGE_BYTES = 8_192;
/** Pages kept in memory: with fewer, the indexes of a busy store are read from the file again and again. */
const CACHE_KB = 32_000;

/**
 * Opens the SQLite file at `path` (`:memory:` for none) and becomes its owner until the process ends or the store is
 * closed. Throws `conflict` at once when another process owns it, `unavailable` when it cannot be opened.
 */
export function openSqlite(path: string): StoreDialect {
  const database = opened(path);
  const prepared = new PreparedDatabase(database);
  const wal = new WalSync(path);
  return {
    name: path === ":memory:" ? "SQLite in memory" : `the SQLite file '${path}'`,
    isShared: false,
    kysely: new TransactionalSqliteDialect({ database: prepared }),
    types: { id: "text", text: "text", number: "integer" },
    rising: (column) => column.primaryKey().autoIncrement(),
    limit: (query, rows) => query.limit(rows),
    byteLength: "octet_length",
    insertNew: insertOnNoConflict,
    run: (query) => prepared.run(query),
    sync: () => wal.sync().catch((cause) => Promise.reject(outOfReach(cause))),
    close: () => wal.close(),
    explain,
  };
}

function opened(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    own(database);
    return database;
  } catch (cause) {
    database?.close();
    throw isBusy(cause) ? inUse(path, cause) : cannotOpen(path, cause);
  }
}

/**
 * Takes the file's lock for good. The lock is the operating system's, so it ends with the process however that ends.
 * The first write proves that it is held; there is no busy timeout, so nothing waits.
 */
function own(database: DatabaseSync): void {
  database.exec(`PRAGMA page_size = ${PAGE_BYTES}`);
  database.exec("PRAGMA locking_mode = EXCLUSIVE");
  database.exec("PRAGMA journal_mode = WAL");
  // A commit waits for no disk; `WalSync` does.
  database.exec("PRAGMA synchronous = NORMAL");
  database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  database.exec(`PRAGMA journal_size_limit = ${LOG_BYTES}`);
  database.exec(`PRAGMA cache_size = ${-CACHE_KB}`);
  database.exec("BEGIN IMMEDIATE; COMMIT");
}

/** Says that SQLite can undo changes of the schema, so that a migration happens as a whole or not at all. */
class TransactionalSqliteDialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
}

class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** Keeps statements prepared by their text. */
class PreparedDatabase implements SqliteDatabase {
  readonly #statements = new Map<string, SqliteStatement>();

  constructor(private readonly database: DatabaseSync) {}

  prepare(sql: string): SqliteStatement {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = sql === "rollback" ? rollback(this.database) : toKysely(this.database.prepare(sql));
    if (this.#statements.size >= STATEMENT_LIMIT) this.#statements.clear();
    this.#statements.set(sql, statement);
    return statement;
  }

  run<Row>({ sql, parameters }: CompiledQuery<Row>): QueryResult<Row> {
    const statement = this.prepare(sql);
    if (statement.reader) return { rows: statement.all(parameters) as Row[] };
    return { rows: [], numAffectedRows: BigInt(statement.run(parameters).changes) };
  }

  close(): void {
    this.#statements.clear();
    this.database.close();
  }
}

/** Undoes a transaction unless SQLite has done so itself, as it does when the disk is full: the first error counts. */
function rollback(database: DatabaseSync): SqliteStatement {
  const statement = toKysely(database.prepare("rollback"));
  return {
    ...statement,
    run: (values) => database.isTransaction ? statement.run(values) : { changes: 0, lastInsertRowid: 0 },
  };
}

function toKysely(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    // Rows come without a prototype; those who get them expect plain objects.
    all: (values) => statement.all(...values as SQLInputValue[]).map((row) => ({ ...row })),
    run: (values) => statement.run(...values as SQLInputValue[]),
    iterate: (values) => statement.iterate(...values as SQLInputValue[]) as IterableIterator<unknown>,
  };
}

/** SQLite's messages for what is wrong with the disk or the file, not with the statement. */
const OUT_OF_REACH =
  /database is not open|statement has been finalized|disk I\/O error|disk is full|database is locked|malformed|readonly database|not a database|unable to open/;

function explain(error: unknown): ParleyError | undefined {
  if (!OUT_OF_REACH.test(messageOf(error))) return undefined;
  return outOfReach(error);
}

function outOfReach(cause: unknown): ParleyError {
  return new ParleyError("unavailable", "The database cannot be reached.", { cause });
}

function isBusy(error: unknown): boolean {
  return messageOf(error).includes("database is locked");
}

function inUse(path: string, cause: unknown): ParleyError {
  const advice = "Stop that one first, or set DATA_DIR (or DATABASE_URL, if that is set) to another place.";
  return new ParleyError("conflict", `The database '${path}' is in use by another process. ${advice}`, {
    cause,
  });
}

function cannotOpen(path: string, cause: unknown): ParleyError {
  const advice = "Set DATA_DIR (or DATABASE_URL, if that is set) to another place, or mend this one.";
  const message = `The database '${path}' cannot be opened: ${messageOf(cause)}. ${advice}`;
  return new ParleyError("unavailable", message, { cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
