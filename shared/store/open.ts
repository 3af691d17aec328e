/** The store's backends by URL; each is loaded only when it is meant. */
import { dirname } from "node:path";
import { ConfigError } from "../config.ts";
import { ParleyError } from "../error.ts";
import { isMssql } from "../mssql/settings.ts";
import type { StoreDialect } from "./dialect.ts";
import type { Store } from "./store.ts";

const KNOWN = "sqlite:PATH, sqlite::memory:, postgres://USER:PASSWORD@HOST/DATABASE and " +
  "mssql://USER:PASSWORD@HOST/DATABASE";

/**
 * Opens the store that `url` (`DATABASE_URL`) means: `sqlite:PATH`, whose directory is made when missing,
 * `sqlite::memory:`, or, which several servers may open, `postgres://…` (also `postgresql://…`) and `mssql://…` (also a
 * connection string of ODBC or ADO.NET). Throws `ConfigError` for a URL it does not know, `conflict` when another process owns the file or a newer version has changed it, and
 * `unavailable` when it cannot be opened. All say what to do.
 *
 * @example
 * await using store = await openStore("sqlite::memory:");
 */
export async function openStore(url: string): Promise<Store> {
  const dialect = await openDialect(url);
  const { openSqlStore } = await import("./sql.ts");
  return await openSqlStore(dialect);
}

/** Opens the database that `url` means, without looking what is in it. Throws as `openStore`. */
export async function openDialect(url: string): Promise<StoreDialect> {
  // Before all else: a connection string has no scheme.
  if (isMssql(url)) return await openSqlServer(url);
  const { scheme, rest } = split(url);
  if (scheme === "sqlite") return await openSqliteFile(rest);
  if (scheme === "postgres" || scheme === "postgresql") {
    return (await import("./postgres.ts")).openPostgres(url);
  }
  throw new ConfigError(`DATABASE_URL: there is no store for '${scheme}:'. Available are ${KNOWN}.`);
}

async function openSqliteFile(rest: string): Promise<StoreDialect> {
  const path = rest.startsWith("//") ? rest.slice(2) : rest;
  if (path === "") throw new ConfigError("DATABASE_URL: name a file, as in sqlite:data/parley.db.");
  if (path !== ":memory:") await prepareFile(path);
  const { openSqlite } = await import("./sqlite.ts");
  return openSqlite(path);
}

async function openSqlServer(text: string): Promise<StoreDialect> {
  const { openMssql } = await import("./mssql.ts");
  const { tediousConfigOf } = await import("../mssql/connection.ts");
  try {
    return openMssql(tediousConfigOf(text));
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError(`DATABASE_URL: ${error.message}`);
    throw error;
  }
}

/** Makes the directory and the file, for their owner's eyes only: conversations are private. */
async function prepareFile(path: string): Promise<void> {
  try {
    await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await createWhenMissing(path);
  } catch (cause) {
    const advice = "Set DATA_DIR (or DATABASE_URL, if that is set) to where files can be written.";
    const message = `The database '${path}' cannot be created: ${reasonOf(cause)}. ${advice}`;
    throw new ParleyError("unavailable", message, { cause });
  }
}

/** Puts in a person's words what the runtime says in its own. */
function reasonOf(cause: unknown): string {
  if (cause instanceof Deno.errors.NotCapable) return "that place belongs to the system";
  if (cause instanceof Deno.errors.AlreadyExists || cause instanceof Deno.errors.NotADirectory) {
    return "what should be its directory is a file";
  }
  return (cause as Error).message.replace(/ \(os error.*$/s, "");
}

/** Never opens a file that exists: closing it would drop the lock of a store that owns it in this process. */
async function createWhenMissing(path: string): Promise<void> {
  if (await exists(path)) return;
  const file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  file.close();
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Splits at the first colon; what stands before it holds no secret. */
function split(url: string): { scheme: string; rest: string } {
  const [, scheme, rest] = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s.exec(url) ?? [];
  if (scheme === undefined || rest === undefined) {
    throw new ConfigError(`DATABASE_URL: write it as one of ${KNOWN}.`);
  }
  return { scheme: scheme.toLowerCase(), rest };
}
