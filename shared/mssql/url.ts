/** Takes an `mssql:` URL apart and writes one: the form in which everything about a connection is handed on. */
import { ConfigError } from "../config_error.ts";
import type { Pair } from "./connection_string.ts";
import { type Keyword, KEYWORDS } from "./keywords.ts";

const FORM =
  "It is written as mssql://USER:PASSWORD@HOST:PORT/DATABASE?encrypt=true, with special characters of the " +
  "user and password as %XX.";

/** Splits an `mssql:` URL into what its parts and parameters say. Throws `ConfigError`, which shows nothing of it. */
export function pairsOfUrl(text: string): Pair[] {
  if (!URL.canParse(text)) throw new ConfigError(FORM);
  const { hostname, port, pathname, username, password, search, hash } = new URL(text);
  const database = pathname.replace(/^\//, "");
  // Where a password holds one of these as it is, the rest of it would be taken for something else.
  if (hash !== "" || database.includes("/") || search.includes("@")) throw new ConfigError(FORM);
  const parts: [Keyword, string][] = [
    ["server", hostname],
    ["port", port],
    ["database", decode(database)],
    ["user", decode(username)],
    ["password", decode(password)],
  ];
  return [...parts.map(([name, value]) => ({ name, value, quoted: true })), ...parametersOf(search)]
    .filter(({ value }) => value !== "");
}

/** A plus sign is itself: these are no values of a form. */
function parametersOf(search: string): Pair[] {
  return search.slice(1).split("&").filter(Boolean).map((parameter) => {
    const equals = parameter.indexOf("=");
    if (equals < 1) throw new ConfigError(FORM);
    return {
      name: decode(parameter.slice(0, equals)),
      value: decode(parameter.slice(equals + 1)),
      quoted: true,
    };
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ConfigError(FORM);
  }
}

/** Writes the URL that says the same; `pairsOfUrl` gives back every setting. */
export function urlOf(settings: Readonly<Partial<Record<Keyword, string>>>): string {
  const { server = "", port, database = "", user, password, ...others } = settings;
  const host = server.includes(":") ? `[${server}]` : server;
  const place = `${host}${port === undefined ? "" : `:${port}`}/${encodeURIComponent(database)}`;
  // A URL has no place for a password without a user, except among the parameters.
  if (user === undefined) return `mssql://${place}${queryOf({ password, ...others })}`;
  const secret = password === undefined ? "" : `:${encodeURIComponent(password)}`;
  return `mssql://${encodeURIComponent(user)}${secret}@${place}${queryOf(others)}`;
}

function queryOf(parameters: Readonly<Partial<Record<Keyword, string>>>): string {
  const written = KEYWORDS.flatMap((keyword) => {
    const value = parameters[keyword];
    return value === undefined ? [] : [`${keyword}=${encodeURIComponent(value)}`];
  });
  return written.length > 0 ? `?${written.join("&")}` : "";
}
