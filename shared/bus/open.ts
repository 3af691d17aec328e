/** From a URL to a bus: the one file that names the backends, each loaded when it is first wanted. */
import { ConfigError } from "../config.ts";
import type { MessageBus, OnStateChange } from "./bus.ts";
import type { HubOptions } from "./hub.ts";

const AVAILABLE =
  "sqlite:PATH, sqlite::memory:, hub, amqp://HOST, amqps://HOST, redis://HOST, rediss://HOST, " +
  "postgres://HOST/DATABASE, mssql://HOST/DATABASE";

/** What some backends need beyond the URL. */
export interface OpenBusOptions {
  /** Whom `hub` dials, and as whom. */
  hub?: HubOptions;
  /** Is told how the connection is, by a bus on a service of its own; `hub` has its own word for it. */
  onStateChange?: OnStateChange;
}

/**
 * Opens the bus that `url` names: `sqlite:PATH`, `sqlite::memory:`, `hub` (with `options.hub`), `amqp(s)://…`,
 * `redis(s)://…`, `postgres://…`, `mssql://…`.
 * Wrap it with `withRetry` before use. Throws `ConfigError` that lists these for any other URL.
 *
 * @example
 * await using bus = withRetry(await openBus("sqlite::memory:"));
 */
export async function openBus(url: string, options: OpenBusOptions = {}): Promise<MessageBus> {
  const { onStateChange } = options;
  if (url.startsWith("sqlite:")) return (await import("./sqlite.ts")).openSqliteBus(pathOf(url));
  if (url === "hub") return await openHub(options.hub);
  if (/^amqps?:\/\//.test(url)) return await (await import("./amqp.ts")).openAmqpBus(url, { onStateChange });
  if (/^rediss?:\/\//.test(url)) {
    return await (await import("./redis.ts")).openRedisBus(url, { onStateChange });
  }
  if (/^postgres(ql)?:\/\//.test(url)) {
    return await (await import("./sql_postgres.ts")).openPostgresBus(url, { onStateChange });
  }
  if (/^mssql:\/\//.test(url)) {
    return await (await import("./sql_mssql.ts")).openMssqlBus(url, { onStateChange });
  }
  throw new ConfigError(`BUS_URL: no bus is available for "${schemeOf(url)}". Available are ${AVAILABLE}.`);
}

async function openHub(options: HubOptions | undefined): Promise<MessageBus> {
  if (options === undefined) {
    throw new ConfigError(
      "BUS_URL: hub is for brokers and agents. A server keeps queues itself: sqlite:PATH.",
    );
  }
  return await (await import("./hub.ts")).openHubBus(options);
}

function pathOf(url: string): string {
  const path = url.slice("sqlite:".length);
  if (path) return path;
  throw new ConfigError("BUS_URL: sqlite: needs a path, such as sqlite:data/queues.db, or sqlite::memory:.");
}

/** The scheme alone: the rest of a URL, or of what is none, may hold a password. */
function schemeOf(url: string): string {
  return /^[a-z][a-z\d+.-]*:/i.exec(url)?.[0] ?? "";
}
