/** The store's backends by URL; each is loaded only when it is meant. */
import { dirname } from "node:path";
import { ConfigError } from "../config.ts";
import { ParleyError } from "../error.ts";
import type { Store } from "./store.ts";

/**
 * Opens the store that `url` (`DATABASE_URL`) means: `sqlite:PATH`, whose directory is made when missing, or
 * `sqlite::memory:`. Throws `ConfigError` for a URL it does not know, `conflict` when another process owns the file
 * or a newer version has changed it, and `unavailable` when it cannot be opened. All say what to do.
 *
 * @example
 * await using store = await openStore("sqlite::memory:");
 */
export async function openStore(url: string): Promise<Store> {
  const { scheme, rest } = split(url);
  if (scheme === "sqlite") return await openSqliteStore(rest);
  throw new ConfigError(
    `DATABASE_URL: there is no store for '${scheme}:'. Available are sqlite:PATH and sqlite::memory:.`,
  );
}

async function openSqliteStore(rest: string): Promise<Store> {
  const path = rest.startsWith("//") ? rest.slice(2) : rest;
  if (path === "") throw new ConfigError("DATABASE_URL: name a file, as in sqlite:data/parley.db.");
  if (path !== ":memory:") await prepareFile(path);
  const { openSqlite } = await import("./sqlite.ts");
  const { openSqlStore } = await import("./sql.ts");
  return await openSqlStore(openSqlite(path));
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
    throw new ConfigError("DATABASE_URL: write it as sqlite:PATH or sqlite::memory:.");
  }
  return { scheme: scheme.toLowerCase(), rest };
}
