/** What differs between databases, so that every query stands once, in `sql/`. */
import type {
  ColumnDataType,
  ColumnDefinitionBuilder,
  Compilable,
  CompiledQuery,
  Dialect,
  Expression,
  Insertable,
  Kysely,
  QueryResult,
  SelectQueryBuilder,
} from "kysely";
import type { ParleyError } from "../error.ts";
import type { Tables } from "./sql/schema.ts";

type ColumnType = ColumnDataType | Expression<unknown>;

/**
 * What a driver's error says of trying again. `raced`: others were first, and the same write run again sees what they
 * did. `cut`: the connection was lost, and another may be had at once. `away`: the database can do nothing now.
 */
export type Failure = "raced" | "cut" | "away";

/** A row that is to be inserted, and each of the keys by which it may be known already. */
export interface NewRow<T extends keyof Tables> {
  table: T;
  values: Insertable<Tables[T]>;
  keys: readonly (readonly (keyof Tables[T] & string)[])[];
}

/** One database: how Kysely reaches it, and the few things that its SQL says in its own way. */
export interface StoreDialect {
  /** Names the database for people, without any secret. */
  readonly name: string;
  /** Whether several processes may use the database at the same time. */
  readonly isShared: boolean;
  readonly kysely: Dialect;
  /** How migrations reach it, where a statement of theirs may take longer than `kysely` lets one take. */
  readonly migrating?: Dialect;
  /** Names the schema that the tables are in, as SQL, where a database has several. */
  readonly schema?: string;
  /** Milliseconds between the starts of two transactions, where one that commits holds up nothing else here. */
  readonly paceMs?: number;
  /** `id`: up to 200 characters that can stand in a key. `text`: any length. `number`: whole, up to 2^53. */
  readonly types: { id: ColumnType; text: ColumnType; number: ColumnType };
  /** Completes a column as the primary key that rises by itself and is never used twice. */
  rising(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder;
  /** Keeps the first `rows` of an ordered query. */
  limit<DB, TB extends keyof DB, O>(
    query: SelectQueryBuilder<DB, TB, O>,
    rows: number,
  ): SelectQueryBuilder<DB, TB, O>;
  /** The function that tells how many bytes a text takes, without reading it. */
  readonly byteLength: "octet_length" | "datalength";
  /** Inserts a row unless one of its keys is known; it then changes no row, or fails as `raced` when others insert it just now. */
  insertNew<T extends keyof Tables & string>(db: Kysely<Tables>, row: NewRow<T>): Compilable<never>;
  /**
   * Holds back every other transaction that asks for `name` until this one ends: for what is decided by what was read.
   * Absent: one transaction at a time is all there is.
   */
  lock?(transaction: Kysely<Tables>, name: string): Promise<void>;
  /**
   * Runs a query at once on the one connection there is, inside whatever transaction is open on it: what changes
   * anything may be run within a write alone. For databases inside this process, where Kysely's way to the connection
   * takes as long as the query.
   */
  run?<Row>(query: CompiledQuery<Row>): QueryResult<Row>;
  /** Resolves once every commit so far survives a loss of power; without it, each commit does by itself. */
  sync?(): Promise<void>;
  /** Lets go of what `sync` needs. */
  close?(): Promise<void>;
  /** Tells whether a write that failed like this may be run again; undefined: it alone is at fault. */
  failureOf?(error: unknown): Failure | undefined;
  /** Says what the driver's error means to a caller, or undefined when it is a fault of ours. */
  explain(error: unknown): ParleyError | undefined;
}
