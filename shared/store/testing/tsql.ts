/** What T-SQL does not have and other SQL does, so that no such statement is sent to a SQL Server. */

/** What is looked for outside of texts, and what T-SQL says instead. */
const FOREIGN: [RegExp, string][] = [
  [/\blimit\b/i, "LIMIT: T-SQL has TOP"],
  [/\breturning\b/i, "RETURNING: T-SQL has OUTPUT"],
  [/\bon (conflict|duplicate)\b/i, "ON CONFLICT: T-SQL has MERGE, or NOT EXISTS"],
  [/\b(true|false)\b/i, "a truth value: T-SQL has 1 and 0, and conditions"],
  [/\bis (not )?(true|false|distinct)\b/i, "IS TRUE"],
  [/\|\|/, "||: T-SQL has CONCAT"],
  [/`/, "a backtick: T-SQL has double quotes"],
  [/\bi?like any\b|\bilike\b|~/i, "ILIKE or a regular expression"],
  [/::/, "a cast by ::"],
  [/\$\d|\?/, "a parameter of another database: T-SQL has @1"],
  [/\bif (not )?exists\b/i, "IF NOT EXISTS in a definition"],
  [/\b(autoincrement|serial|bigserial|generated)\b/i, "a rising key of another database: T-SQL has IDENTITY"],
  [/\b(boolean|bytea|jsonb?|blob)\b/i, "a type of another database"],
  [/ (text|varchar)(\(| not|,|\))/i, "a text of one byte a character: T-SQL has NVARCHAR"],
  [/\bupdate "?\w+"? (as )?"?(?!set)\w+"? set\b/i, "an alias in UPDATE"],
  [/\bdelete from "?\w+"? (as )"?\w/i, "an alias in DELETE"],
  [/\bnulls (first|last)\b/i, "NULLS FIRST"],
  [/\bfor (update|share)\b/i, "FOR UPDATE: T-SQL has UPDLOCK"],
  [/\b(now|greatest|least|random|strpos|(octet_|char_)?length)\(/i, "a function of another database"],
  [/\b(excluded|skip locked|lateral)\b/i, "a word of another database"],
  [/\bwith recursive\b/i, "WITH RECURSIVE"],
  [/\(select (?!top)[^()]*\border by\b/i, "ORDER BY in a subquery without TOP"],
  [/(select|where|and|or|then|else|,|\() exists \(select[^()]*\) as\b/i, "a condition as a value"],
];

/** Lists what a statement has that T-SQL does not. */
export function foreignTo(statement: string): string[] {
  const withoutTexts = statement.replace(/N?'(?:[^']|'')*'/g, "''");
  const faults = FOREIGN.flatMap(([pattern, fault]) => pattern.test(withoutTexts) ? [fault] : []);
  // deno-lint-ignore no-control-regex
  if (/[^\x00-\x7f]/.test(statement)) faults.push("a text that is not plain: T-SQL has N'…'");
  return faults;
}

/** Bytes of a key that SQL Server takes: of an index, and of a primary key, by which it sorts the rows themselves. */
const INDEX_BYTES = 1_700;
const PRIMARY_BYTES = 900;

interface Key {
  name: string;
  bytes: number;
  most: number;
}

/** Lists the keys of a schema that may become too long. */
export function tooLongKeys(statements: readonly string[]): string[] {
  const widths = new Map<string, number>();
  for (const statement of statements) {
    const table = /^create table "?(\w+)"?/i.exec(statement)?.[1];
    for (
      const [, column, type] of statement.matchAll(/"(\w+)" (nvarchar\(\d+\)|varchar\(\d+\)|bigint|integer)/g)
    ) {
      widths.set(`${table}.${column}`, bytesOf(type!));
    }
  }
  const keys = statements.flatMap((statement) => keysOf(statement, widths));
  return keys.filter(({ bytes, most }) => !(bytes <= most)).map(({ name, bytes }) =>
    `${name}: ${bytes} bytes`
  );
}

function bytesOf(type: string): number {
  const [, kind, length] = /^(\w+)(?:\((\d+)\))?/.exec(type)!;
  if (kind === "nvarchar") return Number(length) * 2;
  return kind === "varchar" ? Number(length) : 8;
}

function keysOf(statement: string, widths: ReadonlyMap<string, number>): Key[] {
  const table = /^create table "?(\w+)"?/i.exec(statement)?.[1];
  const key = (name: string, of: string, columns: string, most: number): Key => {
    const names = columns.replaceAll('"', "").split(/,\s*/);
    const bytes = names.reduce((sum, column) => sum + (widths.get(`${of}.${column}`) ?? NaN), 0);
    return { name, bytes, most };
  };
  if (table) {
    const constraints = statement.matchAll(/constraint "(\w+)" (primary key|unique) \(([^)]+)\)/g);
    return [...constraints].map(([, name, kind, columns]) =>
      key(name!, table, columns!, kind === "unique" ? INDEX_BYTES : PRIMARY_BYTES)
    );
  }
  const [, name, of, columns] = /index "?(\w+)"? on "?(\w+)"? \(([^)]+)\)/i.exec(statement) ?? [];
  return name && of && columns ? [key(name, of, columns, INDEX_BYTES)] : [];
}
