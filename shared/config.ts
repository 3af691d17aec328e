/** Configuration: one schema a process, parsed once from its environment, with every fault named together. */
import * as z from "zod";
import { ConfigError } from "./config_error.ts";
import { isMssql } from "./mssql/settings.ts";
import { isHidden } from "./secret/hidden.ts";
import { azureSqlUrlOf, type AzureSqlVariables, mssqlUrlOf } from "./mssql/variables.ts";

export { ConfigError };

/** Parses `env` with `schema`. Throws `ConfigError` that lists each variable at fault, what was given and what is allowed. */
export function parseConfig<T extends z.ZodType>(
  schema: T,
  env: Readonly<Record<string, string | undefined>>,
): z.infer<T> {
  const result = schema.safeParse(withoutEmpty(env));
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => describe(issue, env));
  throw new ConfigError(["The configuration has faults:", ...faults].join("\n"));
}

function describe(issue: z.core.$ZodIssue, env: Readonly<Record<string, string | undefined>>): string {
  const name = String(issue.path[0] ?? "");
  const given = env[name] === undefined ? "nothing was given" : `given was ${quote(name, env)}`;
  return `  ${name}: ${given}. ${issue.message}`;
}

/** Names of variables whose value is never shown. */
const SECRET = /KEY|TOKEN|SECRET|PASSWORD|URL|CONNECTION/;

function quote(name: string, env: Readonly<Record<string, string | undefined>>): string {
  return SECRET.test(name) || isHidden(env, name) ? "a value that is not shown" : `"${env[name]}"`;
}

function withoutEmpty(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}

const PORT_RULE = "Allowed is a port, 1 to 65535.";
const anyPort = z.coerce.number({ error: PORT_RULE }).int(PORT_RULE).min(1, PORT_RULE).max(65535, PORT_RULE);

/** Accepts a TCP port, 1–65535. */
export const port = (fallback: number) => anyPort.default(fallback);

/** Where clients dial the server's WebSocket. Without a port of its own it is the `PORT` that the server is started with. */
export const websocketShape = {
  WEBSOCKET_HOST: z.string().refine(
    (host) => URL.canParse(`ws://${bracketed(host)}/`) && !/[/?#@]/.test(host),
    {
      error: "Allowed is a host's name or address.",
    },
  ).default("localhost"),
  WEBSOCKET_PORT: anyPort.optional(),
  WEBSOCKET_URL: z.url({ protocol: /^wss?$/, error: "Allowed is a ws:// or wss:// URL." }).optional(),
  PORT: port(8765),
};

/** Writes a host as URLs have it: an address of IPv6 in brackets. */
function bracketed(host: string): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}

/** Gives the URL of the server's WebSocket as clients dial it. */
export function websocketUrlOf(config: {
  WEBSOCKET_URL?: string | undefined;
  WEBSOCKET_HOST: string;
  WEBSOCKET_PORT?: number | undefined;
  PORT: number;
}): string {
  const { WEBSOCKET_URL, WEBSOCKET_HOST, WEBSOCKET_PORT, PORT } = config;
  return WEBSOCKET_URL ?? `ws://${bracketed(WEBSOCKET_HOST)}:${WEBSOCKET_PORT ?? PORT}/ws`;
}

/** Accepts a number of seconds between `min` and `max`, fractions included. */
export const seconds = (fallback: number, { min = 0.05, max = 86_400 } = {}) => {
  const allowed = `Allowed are ${min} to ${max} seconds.`;
  return z.coerce.number({ error: allowed }).min(min, allowed).max(max, allowed).default(fallback);
};

/** Accepts a whole number between `min` and `max`. */
export const count = (fallback: number, range: { min: number; max: number }) =>
  wholeNumber(range).default(fallback);

function wholeNumber({ min, max }: { min: number; max: number }) {
  const allowed = `Allowed is a whole number, ${min} to ${max}.`;
  return z.coerce.number({ error: allowed }).int(allowed).min(min, allowed).max(max, allowed);
}

/** Accepts `1 true yes on` and `0 false no off`. */
export const flag = (fallback: boolean) =>
  z.string().transform((text, { addIssue }) => {
    // As a schema of its own it would keep checks of several variables together from being made.
    const { success, data } = z.stringbool().safeParse(text);
    if (!success) addIssue("Allowed are 1, true, yes, on and 0, false, no, off.");
    return data ?? fallback;
  }).default(fallback);

/** Accepts one of `values`. */
export const choice = <const T extends readonly [string, ...string[]]>(values: T, fallback: T[number]) =>
  z.enum(values, { error: `Allowed is one of: ${values.join(", ")}.` }).default(fallback as never);

/** The variables that say who a process is at Azure, and where its secrets are kept. */
const azureIdentityShape = {
  AZURE_KEY_VAULT_URL: z.url({
    protocol: /^https$/,
    error: "Allowed is a vault's https:// URL, such as https://parley.vault.azure.net.",
  }).optional(),
  AZURE_CLIENT_ID: z.string().optional(),
  AZURE_CLIENT_SECRET: z.string().optional(),
  AZURE_TENANT_ID: z.string().optional(),
};

/** The variables that name a database of Azure SQL, or another SQL Server. */
export const azureSqlShape = {
  AZURE_SQL_SERVER: z.string().optional(),
  AZURE_SQL_DATABASE: z.string().optional(),
  AZURE_SQL_USERNAME: z.string().optional(),
  AZURE_SQL_PASSWORD: z.string().optional(),
};

/** Describes the variables that every process reads. */
export const commonShape = {
  ...azureIdentityShape,
  LOG_LEVEL: choice(["debug", "info", "warning", "error"], "info"),
  LOG_FORMAT: choice(["auto", "pretty", "json"], "auto"),
};

/** The variables that say whether, and how, what happens is logged to files. */
export const fileLogShape = {
  FILE_LOG_DIR: z.string().optional(),
  FILE_LOG_MAX_BYTES: count(104_857_600, { min: 65_536, max: 10_737_418_240 }),
  FILE_LOG_BODIES: flag(false),
  FILE_LOG_KEEP_DAYS: wholeNumber({ min: 0, max: 36_500 }).optional(),
};

/** The variables that say which bus is meant. */
export const busShape = {
  ...azureSqlShape,
  BUS_URL: z.string().optional(),
  RABBITMQ_HOST: z.string().optional(),
  RABBITMQ_PORT: port(5672),
  REDIS_URL: z.string().optional(),
  AGENT_COMMUNICATION_MODE: z.enum(["mock", "sql"], { error: "Allowed is one of: mock, sql." }).optional(),
};

interface BusVariables extends AzureSqlVariables {
  BUS_URL?: string | undefined;
  RABBITMQ_HOST?: string | undefined;
  RABBITMQ_PORT: number;
  REDIS_URL?: string | undefined;
  AGENT_COMMUNICATION_MODE?: "mock" | "sql" | undefined;
}

/**
 * Decides which bus is meant: `BUS_URL`; failing that the RabbitMQ of `RABBITMQ_HOST`; failing that the Redis of
 * `REDIS_URL`; failing that memory when the mode is `mock`, and the SQL Server of `AZURE_SQL_SERVER` when it is `sql`;
 * failing that `fallback`. A SQL Server is an `mssql:` URL that says all, in whichever form it was given. Throws
 * `ConfigError` for one of them that is none.
 */
export function busUrlOf(config: BusVariables, fallback: string): string {
  if (config.BUS_URL) return checked(config.BUS_URL, config);
  const { RABBITMQ_HOST: host, RABBITMQ_PORT: port, REDIS_URL: redis } = config;
  if (host) return requireAmqpUrl(`amqp://guest:guest@${host}:${port}`);
  if (redis) return requireRedisUrl(redis);
  if (config.AGENT_COMMUNICATION_MODE === "mock") return "sqlite::memory:";
  if (config.AGENT_COMMUNICATION_MODE === "sql") return azureSqlUrlOf(config) ?? fallback;
  return fallback;
}

function checked(url: string, config: BusVariables): string {
  if (isMssql(url)) return mssqlUrlOf("BUS_URL", url, config);
  if (/^amqps?:/.test(url)) return requireAmqpUrl(url);
  if (/^postgres(ql)?:/.test(url)) return requirePostgresUrl(url);
  return /^rediss?:/.test(url) ? requireRedisUrl(url) : url;
}

/** Gives `url` where it is one. What `URL` throws would show the password, so nothing of it is passed on. Throws `ConfigError`. */
export function requireAmqpUrl(url: string): string {
  try {
    const { username, password, pathname } = new URL(url);
    for (const part of [username, password, pathname]) decodeURIComponent(part);
    return url;
  } catch {
    throw new ConfigError(
      "BUS_URL: this is no URL such as amqp://user:password@host:5672/virtual-host (nor is what RABBITMQ_HOST and " +
        "RABBITMQ_PORT make). In BUS_URL, write special characters of the user and password as %XX.",
    );
  }
}

/** Gives `url` where it names a Redis. What `URL` throws would show the password, so nothing of it is passed on. Throws `ConfigError`. */
export function requireRedisUrl(url: string): string {
  try {
    const { protocol, username, password, pathname, searchParams } = new URL(url);
    for (const part of [username, password]) decodeURIComponent(part);
    // What is not known may be what keeps it safe, such as tls=true.
    const isKnown = [...searchParams.keys()].every((name) => name === "prefix");
    if (/^rediss?:$/.test(protocol) && /^(\/\d{0,4})?$/.test(pathname) && isKnown) return url;
  } catch {
    // Said below.
  }
  throw new ConfigError(
    "BUS_URL or REDIS_URL: this is no URL such as redis://user:password@host:6379/0?prefix=parley: (rediss:// for TLS, " +
      "then the number of the database; prefix is the only parameter). Write special characters of the user and password as %XX.",
  );
}

/** Gives `url` where it is one. What `URL` throws would show the password, so nothing of it is passed on. Throws `ConfigError`. */
export function requirePostgresUrl(url: string): string {
  try {
    const { username, password, pathname } = new URL(url);
    for (const part of [username, password, pathname]) decodeURIComponent(part);
    return url;
  } catch {
    throw new ConfigError(
      "BUS_URL: this is no URL such as postgres://user:password@host:5432/database?schema=name. " +
        "Write special characters of the user and password as %XX.",
    );
  }
}

/** Decides the bus of a broker or agent: as `busUrlOf`, but a `sqlite:` file has one owner, the server, so `hub` is meant. */
export function peerBusUrlOf(config: BusVariables): string {
  const url = busUrlOf(config, "hub");
  return url.startsWith("sqlite:") ? "hub" : url;
}
