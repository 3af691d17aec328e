/** The server's configuration: every variable it reads, its default and what is allowed. */
import { z } from "zod";
import {
  busShape,
  busUrlOf,
  commonShape,
  count,
  fileLogShape,
  flag,
  parseConfig,
  port,
  seconds,
  websocketShape,
  websocketUrlOf,
} from "../shared/config.ts";
import { isMssql } from "../shared/mssql/settings.ts";
import { azureSqlUrlOf, mssqlUrlOf } from "../shared/mssql/variables.ts";
import { isLoopback } from "./ws/origin.ts";

/** A message may be as large as the gRPC stream to its agent can carry, with room for what is added on the way. */
const MOST_BYTES = 7 * 1_048_576;

const NO_ORIGIN =
  "Allowed are origins such as https://parley.example or http://10.0.0.5:8000, separated by commas: " +
  "http or https, the host, the port where it has one, and no path";

/** Accepts origins, separated by commas, and gives them as browsers write them. */
const origins = z.string().default("").transform((text, { addIssue }) => {
  const entries = text.split(",").map((entry) => entry.trim()).filter(Boolean);
  const wrong = entries.find((entry) => originOf(entry) === undefined);
  if (wrong !== undefined) addIssue(`${NO_ORIGIN}. "${wrong}" is none.`);
  return entries.map((entry) => originOf(entry) ?? "");
});

function originOf(text: string): string | undefined {
  const isOrigin = /^https?:\/\/[^\s/?#@*]+\/?$/i.test(text) && URL.canParse(text);
  return isOrigin ? new URL(text).origin : undefined;
}

export const serverConfigSchema = z.object({
  ...commonShape,
  ...busShape,
  ...fileLogShape,
  HOST: z.string().default("127.0.0.1"),
  GRPC_PORT: port(50051),
  GRPC_HOST: z.string().default("localhost"),
  ...websocketShape,
  DATA_DIR: z.string().default("data"),
  DATABASE_URL: z.string().optional(),
  ALLOWED_ORIGINS: origins,
  PARLEY_ALLOW_INSECURE: flag(false),
  MAX_MESSAGE_BYTES: count(1_048_576, { min: 1024, max: MOST_BYTES }),
  RATE_LIMIT_PER_SECOND: count(200, { min: 1, max: 1_000_000 }),
  AGENT_INACTIVITY_TIMEOUT: seconds(15),
  AGENT_PING_INTERVAL: seconds(10),
  PERIODIC_STATUS_INTERVAL: seconds(60),
  AGENT_HEARTBEAT_INTERVAL: seconds(30, { min: 1 }),
  AGENT_DEFAULT_TIMEOUT: seconds(300),
  AGENT_MAX_RETRIES: count(3, { min: 0, max: 100 }),
});

export type ServerConfig = z.infer<typeof serverConfigSchema>;

/** Names the variables that the server reads. */
export const SERVER_VARIABLES: readonly string[] = Object.keys(serverConfigSchema.shape);

/** Reads the configuration. Throws `ConfigError` naming every fault, also that the address must not be bound. */
export function parseServerConfig(env: Readonly<Record<string, string | undefined>>): ServerConfig {
  const isPingGiven = Boolean(env.AGENT_PING_INTERVAL);
  const schema = serverConfigSchema
    .refine(isBindable, { path: ["HOST"], error: NOT_BINDABLE, when: always })
    .refine((config) => !isPingGiven || !isPingTooRare(config), {
      path: ["AGENT_PING_INTERVAL"],
      error: ({ input }) => tooRare(input as ServerConfig),
      when: always,
    });
  const config = parseConfig(schema, env);
  if (!isPingTooRare(config)) return config;
  return { ...config, AGENT_PING_INTERVAL: config.AGENT_INACTIVITY_TIMEOUT / 3 };
}

/** Has a check made beside other faults; it may then see values that are at fault themselves. */
const always = () => true;

/** An agent that is asked more rarely than it has to answer would be offline in between, though it is there. */
function isPingTooRare({ AGENT_PING_INTERVAL, AGENT_INACTIVITY_TIMEOUT }: ServerConfig): boolean {
  return AGENT_PING_INTERVAL >= AGENT_INACTIVITY_TIMEOUT;
}

function tooRare({ AGENT_INACTIVITY_TIMEOUT: timeout }: ServerConfig): string {
  return `AGENT_INACTIVITY_TIMEOUT is ${timeout}, and allowed is less than that; a third of it is a good choice.`;
}

const NOT_BINDABLE = "It can be reached from other machines, and nobody has to sign in here yet. " +
  "Set HOST=127.0.0.1, or PARLEY_ALLOW_INSECURE=1 if everybody who can reach it may use it.";

/** Tells whether the server would not serve everybody on a network while nobody has to sign in. */
function isBindable({ HOST, PARLEY_ALLOW_INSECURE }: ServerConfig): boolean {
  return isLoopback(HOST) || PARLEY_ALLOW_INSECURE;
}

/** Gives the host and port at which clients dial the WebSocket; `bound`: the port where nothing else is said. */
export function dialledAt(config: ServerConfig, bound = config.PORT): { host: string; port: number } {
  const { hostname, port, protocol } = new URL(websocketUrlOf({ ...config, PORT: bound }));
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) || (protocol === "wss:" ? 443 : 80) };
}

/**
 * Gives the URLs of the bus and the store, in `DATA_DIR` where nothing else is said. A SQL Server is an `mssql:` URL that
 * says all, in whichever form it was given. Throws `ConfigError` naming the variable when one of them is none.
 */
export function resourcesOf(config: ServerConfig): { busUrl: string; storeUrl: string } {
  return { busUrl: busUrlOf(config, `sqlite:${config.DATA_DIR}/bus.sqlite`), storeUrl: storeUrlOf(config) };
}

function storeUrlOf(config: ServerConfig): string {
  const { DATABASE_URL: url, DATA_DIR, AGENT_COMMUNICATION_MODE: mode } = config;
  if (url) return isMssql(url) ? mssqlUrlOf("DATABASE_URL", url, config) : url;
  if (mode === "mock" && !config.BUS_URL && !config.RABBITMQ_HOST) return "sqlite::memory:";
  return azureSqlUrlOf(config) ?? `sqlite:${DATA_DIR}/store.sqlite`;
}
