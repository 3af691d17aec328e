/** What the objects of coordination are told when they are made, and how that is read from the environment. */
import * as z from "zod";
import { busShape, busUrlOf, ConfigError, count, parseConfig, port, seconds } from "../../shared/config.ts";
import { readEnvironment } from "../../shared/environment.ts";
import { isMssql } from "../../shared/mssql/settings.ts";
import { mssqlUrlOf } from "../../shared/mssql/variables.ts";

const DEFAULT_SERVER = "localhost:50051";

export interface CoordinationOptions {
  /**
   * Where messages go. `hub` (default): through the server. Otherwise without one: `sqlite:PATH` (one process),
   * `sqlite::memory:`, `amqp://…`, and whatever else `BUS_URL` takes; also a connection string of ODBC's.
   */
  connectionString?: string | undefined;
  /** True: in memory, shared by all objects of this process that say so. */
  useMock?: boolean | undefined;
  /** Where the roster is kept without a server; default: beside the messages, where they are in a database, else in memory. */
  databaseUrl?: string | undefined;
  /** `host:port` of the server's gRPC. Given with a `connectionString`, the server is used all the same. */
  server?: string | undefined;
  /** How often agents promise to be heard of, in milliseconds; default 30,000. After twice that they are offline. */
  heartbeatIntervalMs?: number | undefined;
  /** An agent that is silent for so many milliseconds loses its tasks to others; default 300,000. */
  silentAfterMs?: number | undefined;
  /** Attempts after one that failed, where a task says nothing; default 3. */
  maxRetries?: number | undefined;
  /** The pause after an attempt that failed, in milliseconds, doubled for each further one; default 500. */
  firstRetryMs?: number | undefined;
}

/** The options with nothing left open. `server` is undefined where there is none. */
export interface Settings {
  busUrl: string;
  storeUrl: string;
  server: string | undefined;
  heartbeatIntervalMs: number;
  silentAfterMs: number;
  maxRetries: number;
  firstRetryMs: number;
}

const MEMORY = "sqlite::memory:";

/** Decides what `options` mean. Throws `ConfigError` where two of them contradict each other. */
export function settingsOf(options: CoordinationOptions): Settings {
  const { useMock = false, connectionString, server } = options;
  if (useMock && (connectionString !== undefined || server !== undefined)) {
    throw new ConfigError("useMock keeps everything in memory: leave connectionString and server out.");
  }
  const busUrl = useMock ? MEMORY : urlOf("connectionString", connectionString ?? "hub");
  const { databaseUrl } = options;
  return {
    busUrl,
    storeUrl: databaseUrl === undefined ? storeUrlOf(busUrl) : urlOf("databaseUrl", databaseUrl),
    server: busUrl === "hub" ? server ?? DEFAULT_SERVER : server,
    heartbeatIntervalMs: options.heartbeatIntervalMs ?? 30_000,
    silentAfterMs: options.silentAfterMs ?? 300_000,
    maxRetries: options.maxRetries ?? 3,
    firstRetryMs: options.firstRetryMs ?? 500,
  };
}

/** The documents name SQL Server by strings of ODBC's. */
function urlOf(name: string, text: string): string {
  return isMssql(text) ? mssqlUrlOf(name, text, {}) : text;
}

/** A database keeps the roster, too; a file of SQLite's has one owner, so the roster has one of its own beside it. */
function storeUrlOf(busUrl: string): string {
  if (/^(postgres(ql)?|mssql|sqlserver):/.test(busUrl) || busUrl === MEMORY) return busUrl;
  return busUrl.startsWith("sqlite:") ? `${busUrl}.roster` : MEMORY;
}

const schema = z.object({
  ...busShape,
  GRPC_HOST: z.string().optional(),
  GRPC_PORT: port(50051),
  DATABASE_URL: z.string().optional(),
  AGENT_HEARTBEAT_INTERVAL: seconds(30, { min: 1 }),
  AGENT_DEFAULT_TIMEOUT: seconds(300),
  AGENT_MAX_RETRIES: count(3, { min: 0, max: 100 }),
});

/** Decides what the environment `env` means for coordination. Throws `ConfigError` that lists every fault. */
export function parseCoordinationOptions(
  env: Readonly<Record<string, string | undefined>>,
): CoordinationOptions {
  const config = parseConfig(schema, env);
  const url = busUrlOf(config, "hub");
  const common = {
    heartbeatIntervalMs: config.AGENT_HEARTBEAT_INTERVAL * 1_000,
    silentAfterMs: config.AGENT_DEFAULT_TIMEOUT * 1_000,
    maxRetries: config.AGENT_MAX_RETRIES,
  };
  if (url === MEMORY) return { ...common, useMock: true };
  const server = config.GRPC_HOST ? `${config.GRPC_HOST}:${config.GRPC_PORT}` : undefined;
  // A file belongs to the server, which the same variables are for.
  if (url === "hub" || url.startsWith("sqlite:")) {
    return { ...common, server: server ?? `localhost:${config.GRPC_PORT}` };
  }
  return { ...common, connectionString: url, databaseUrl: config.DATABASE_URL, server };
}

/**
 * Reads the environment and the `.env` file as every process of Parley does: `AGENT_COMMUNICATION_MODE`, `BUS_URL`,
 * `AZURE_SQL_*`, `RABBITMQ_HOST`, `GRPC_HOST`, `DATABASE_URL`, `AGENT_HEARTBEAT_INTERVAL`, `AGENT_DEFAULT_TIMEOUT`,
 * `AGENT_MAX_RETRIES`. Nothing else in the library does. Throws `ConfigError` that lists every fault.
 *
 * @example
 * const coordinator = new SupervisorCoordinator("supervisor-001", await readCoordinationOptions());
 */
export async function readCoordinationOptions(): Promise<CoordinationOptions> {
  return parseCoordinationOptions(await readEnvironment({ variables: Object.keys(schema.shape) }));
}
