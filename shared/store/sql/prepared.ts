/** Queries that are built and compiled once, because on the message path that costs more than running them. */
import type { Compilable, Kysely, QueryResult } from "kysely";
import type { Tables } from "./schema.ts";

/** Where a value goes that each run brings. */
class Parameter {
  constructor(readonly name: string) {}
}

/** Names a value that each run brings; to Kysely it has the value's type. */
export type Named<Values> = <Name extends keyof Values & string>(name: Name) => Values[Name];

/** Runs the compiled query with these values on a connection or in a transaction. */
export type Prepared<Values, Row> = (db: Kysely<Tables>, values: Values) => Promise<QueryResult<Row>>;

/** Compiles what `build` builds, once. */
export function prepare<Values extends object, Row = never>(
  build: (named: Named<Values>) => Compilable<Row>,
): Prepared<Values, Row> {
  const compiled = build((name) => new Parameter(name) as never).compile();
  return (db, values) => {
    const parameters = compiled.parameters.map((parameter) =>
      parameter instanceof Parameter ? values[parameter.name as keyof Values] : parameter
    );
    return db.executeQuery<Row>({ ...compiled, parameters });
  };
}

/** Tells whether a write changed any row. */
export function changed(result: QueryResult<unknown>): boolean {
  return (result.numAffectedRows ?? 0n) > 0n;
}
