/** Queries that are built and compiled once, because on the message path that costs more than running them. */
import type { Compilable, Kysely, QueryResult } from "kysely";
import type { StoreDialect } from "../dialect.ts";
import type { Tables } from "./schema.ts";

/** Where a value goes that each run brings. */
class Parameter {
  constructor(readonly name: string) {}
}

/** Names a value that each run brings; to Kysely it has the value's type. */
export type Named<Values> = <Name extends keyof Values & string>(name: Name) => Values[Name];

/** Runs the compiled query with these values on a connection or in a transaction. */
export type Prepared<Values, Row> = (db: Kysely<Tables>, values: Values) => Promise<QueryResult<Row>>;

/** Compiles what `build` builds, once; `dialect` runs it itself if it can. */
export function prepare<Values extends object, Row = never>(
  build: (named: Named<Values>) => Compilable<Row>,
  dialect: Pick<StoreDialect, "run">,
): Prepared<Values, Row> {
  const compiled = build((name) => new Parameter(name) as never).compile();
  const given = compiled.parameters.map((parameter) => {
    if (!(parameter instanceof Parameter)) return () => parameter;
    const name = parameter.name as keyof Values;
    return (values: Values) => values[name];
  });
  return async (db, values) => {
    const query = { ...compiled, parameters: given.map((of) => of(values)) };
    return dialect.run<Row>?.(query) ?? await db.executeQuery<Row>(query);
  };
}

/** Tells whether a write changed any row. */
export function changed(result: QueryResult<unknown>): boolean {
  return (result.numAffectedRows ?? 0n) > 0n;
}
