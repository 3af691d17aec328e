/** Where a PostgreSQL is, as its URL says. */
import { requirePostgresUrl } from "../config.ts";
import { requirePostgresFiles } from "../postgres_files.ts";

export interface Place {
  /** Without `schema`, which is no word of the driver's. */
  connectionString: string;
  schema: string | undefined;
  /** Where it is, without anything secret. */
  target: string;
}

/** Reads `url`. Throws `ConfigError` when it is none, or names a file that cannot be read. */
export function placeOf(url: string): Place {
  const parsed = new URL(requirePostgresUrl(url));
  requirePostgresFiles(url, "BUS_URL");
  const schema = parsed.searchParams.get("schema") ?? undefined;
  const target = parsed.host || parsed.searchParams.get("host") || "localhost";
  parsed.searchParams.delete("schema");
  return { connectionString: parsed.href, schema, target };
}
