/** What is said about a connection to SQL Server, whichever way it is written, checked once. */
import { ConfigError } from "../config_error.ts";
import { type Pair, pairsOf } from "./connection_string.ts";
import { type Keyword, meaningOf, SECRET_KEYWORDS } from "./keywords.ts";
import { pairsOfUrl } from "./url.ts";
import { placeOf } from "./server_name.ts";

/** What is known about a connection, as text. Only `server` is always there: a host's name or address. */
export type MssqlSettings = Readonly<{ server: string } & Partial<Record<Keyword, string>>>;

/** The longest text that is read, in UTF-16 units: an access token takes a few thousand. */
const MOST_UNITS = 32_768;

/** Tells whether `text` means SQL Server: an `mssql:` URL, or a connection string that begins with a driver or a server. */
export function isMssql(text: string): boolean {
  return /^\s*mssql:/i.test(text) ||
    /^[\s;]*(driver|server|data source|addr|address|network address)\s*=/i.test(text);
}

/**
 * Reads an `mssql:` URL or a connection string of ODBC's or ADO.NET's form. Throws `ConfigError` that names what is
 * unknown, said twice or missing, and shows no value.
 */
export function mssqlSettingsOf(text: string): MssqlSettings {
  if (text.length > MOST_UNITS) throw new ConfigError(`It is longer than ${MOST_UNITS} characters.`);
  if (!text.isWellFormed() || text.includes("\0")) {
    throw new ConfigError("It holds characters that are none.");
  }
  const pairs = /^\s*mssql:/i.test(text) ? pairsOfUrl(text.trim()) : pairsOf(text);
  const { server, ...settings } = collect(pairs);
  if (server === undefined) throw new ConfigError("It names no server, as in Server=tcp:HOST,1433.");
  // Without one the tables would be made in the server's own.
  if (settings.database === undefined) throw new ConfigError("It names no database, as in Database=parley.");
  const { port: _port, instance: _instance, ...others } = settings;
  return { ...others, ...placeOf(server, settings) };
}

function collect(pairs: readonly Pair[]): Partial<Record<Keyword, string>> {
  refuseUnknown(pairs);
  const settings = new Map<Keyword, string>();
  for (const { name, value, quoted } of pairs) {
    const meaning = meaningOf(name);
    if (meaning === "windows") refuseWindows(name, value);
    if (meaning === undefined || meaning === "nothing" || meaning === "windows" || value === "") continue;
    if (settings.has(meaning)) {
      throw new ConfigError(`It says ${meaning} twice (the second time as ${name}).`);
    }
    if (meaning === "password" && quoted) refusePlaceholder(value);
    settings.set(meaning, value);
  }
  return Object.fromEntries(settings);
}

function refuseUnknown(pairs: readonly Pair[]): void {
  const unknown = new Set<string>();
  let known: Pair | undefined;
  for (const pair of pairs) {
    if (meaningOf(pair.name) !== undefined) known = pair;
    else if (known && mayGoOn(known)) throw new ConfigError(AFTER_PASSWORD);
    else unknown.add(harmless(pair.name));
  }
  if (unknown.size === 0) return;
  const named = [...unknown].slice(0, 5).join(", ");
  throw new ConfigError(
    `It has a keyword that is not known here: ${named}. Remove it, or correct how it is written.`,
  );
}

/** Tells whether the next name may be a piece of this password, which ended at a semicolon. */
function mayGoOn({ name, quoted }: Pair): boolean {
  return !quoted && SECRET_KEYWORDS.some((keyword) => keyword === meaningOf(name));
}

const AFTER_PASSWORD =
  "What follows its password is no keyword. Write a password with ; in braces, as in Pwd={a;b}, and " +
  "a } in it as }}.";

function harmless(name: string): string {
  return [...name].slice(0, 40).join("").replace(/\p{C}/gu, "?");
}

function refuseWindows(name: string, value: string): void {
  if (/^(no|false|)$/i.test(value)) return;
  throw new ConfigError(
    `${name}: signing in as the Windows user is not possible from here. Give a user and password, or an ` +
      "Authentication such as ActiveDirectoryDefault.",
  );
}

/** What Azure's portal writes where the password belongs. */
function refusePlaceholder(password: string): void {
  if (!/^your_password(_here)?$/i.test(password)) return;
  throw new ConfigError("The password is still the portal's {your_password}. Put the true one in its place.");
}
