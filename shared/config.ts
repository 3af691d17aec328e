/** Configuration: one schema a process, parsed once from its environment, with every fault named together. */
import * as z from "zod";

/** Says what is wrong with the configuration, one line a fault; the process that sees it exits with 2. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

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
  const given = env[name] === undefined ? "nothing was given" : `given was ${quote(name, env[name])}`;
  return `  ${name}: ${given}. ${issue.message}`;
}

/** Names of variables whose value is never shown. */
const SECRET = /KEY|TOKEN|SECRET|PASSWORD|URL|CONNECTION/;

function quote(name: string, value: string): string {
  return SECRET.test(name) ? "a value that is not shown" : `"${value}"`;
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
export const count = (fallback: number, { min, max }: { min: number; max: number }) => {
  const allowed = `Allowed is a whole number, ${min} to ${max}.`;
  return z.coerce.number({ error: allowed }).int(allowed).min(min, allowed).max(max, allowed).default(
    fallback,
  );
};

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

/** Describes the variables that every process reads. */
export const commonShape = {
  LOG_LEVEL: choice(["debug", "info", "warning", "error"], "info"),
  LOG_FORMAT: choice(["auto", "pretty", "json"], "auto"),
};

/** The variables that say which bus is meant. */
export const busShape = {
  BUS_URL: z.string().optional(),
  RABBITMQ_HOST: z.string().optional(),
  RABBITMQ_PORT: port(5672),
  AGENT_COMMUNICATION_MODE: z.enum(["mock", "sql"], { error: "Allowed is one of: mock, sql." }).optional(),
};

interface BusVariables {
  BUS_URL?: string | undefined;
  RABBITMQ_HOST?: string | undefined;
  RABBITMQ_PORT: number;
  AGENT_COMMUNICATION_MODE?: "mock" | "sql" | undefined;
}

/**
 * Decides which bus is meant: `BUS_URL`; failing that the RabbitMQ of `RABBITMQ_HOST`; failing that memory when the
 * mode is `mock`; failing that `fallback`. Throws `ConfigError` for a RabbitMQ whose URL is none.
 */
export function busUrlOf(config: BusVariables, fallback: string): string {
  if (config.BUS_URL) {
    return /^amqps?:/.test(config.BUS_URL) ? requireAmqpUrl(config.BUS_URL) : config.BUS_URL;
  }
  const { RABBITMQ_HOST: host, RABBITMQ_PORT: port } = config;
  if (host) return requireAmqpUrl(`amqp://guest:guest@${host}:${port}`);
  if (config.AGENT_COMMUNICATION_MODE === "mock") return "sqlite::memory:";
  return fallback;
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

/** Decides the bus of a broker or agent: as `busUrlOf`, but a `sqlite:` file has one owner, the server, so `hub` is meant. */
export function peerBusUrlOf(config: BusVariables): string {
  const url = busUrlOf(config, "hub");
  return url.startsWith("sqlite:") ? "hub" : url;
}
