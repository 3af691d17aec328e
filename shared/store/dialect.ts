/** What differs between databases, so that every query stands once, in `sql/`. */
import type {
  ColumnDataType,
  ColumnDefinitionBuilder,
  CompiledQuery,
  Dialect,
  Expression,
  QueryResult,
  SelectQueryBuilder,
} from "kysely";
import type { ParleyError } from "../error.ts";

type ColumnType = ColumnDataType | Expression<unknown>;

/** One database: how Kysely reaches it, and the few things that its SQL says in its own way. */
export interface StoreDialect {
  /** Names the database for people, without any secret. */
  readonly name: string;
  readonly kysely: Dialect;
  /** `id`: up to 200 characters that can stand in a key. `text`: any length. `number`: whole, up to 2^53. */
  readonly types: { id: ColumnType; text: ColumnType; number: ColumnType };
  /** Completes a column as the primary key that rises by itself and is never used twice. */
  rising(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder;
  /** Keeps the first `rows` of an ordered query. */
  limit<DB, TB extends keyof DB, O>(
    query: SelectQueryBuilder<DB, TB, O>,
    rows: number,
  ): SelectQueryBuilder<DB, TB, O>;
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
  /** Says what the driver's error means to a caller, or undefined when it is a fault of ours. */
  explain(error: unknown): ParleyError | undefined;
}
