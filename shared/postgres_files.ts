/** The files that a PostgreSQL URL names. The driver reads them when it connects, too late to say which one is missing. */
import { ConfigError } from "./config_error.ts";

const FILES = new Set(["sslrootcert", "sslcert", "sslkey"]);

/** Reads the files that `url` (`variable` gives it) names. Throws `ConfigError` that names the first that cannot be read. */
export function requirePostgresFiles(url: string, variable: string): void {
  for (const [name, path] of new URL(url).searchParams) {
    if (FILES.has(name) && path !== "") requireFile(path, `${variable}: the file of ${name}, '${path}',`);
  }
}

function requireFile(path: string, named: string): void {
  try {
    Deno.readFileSync(path);
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound ? "is missing" : "cannot be read";
    throw new ConfigError(`${named} ${reason}. Name one that this process may read.`);
  }
}
