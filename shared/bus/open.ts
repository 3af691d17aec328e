/** From a URL to a bus: the one file that names the backends, each loaded when it is first wanted. */
import { ConfigError } from "../config.ts";
import type { MessageBus } from "./bus.ts";
import type { HubOptions } from "./hub.ts";
import type { AmqpOptions } from "./amqp.ts";

const AVAILABLE = "sqlite:PATH, sqlite::memory:, hub, amqp://HOST, amqps://HOST";

/** What some backends need beyond the URL. */
export interface OpenBusOptions {
  /** Whom `hub` dials, and as whom. */
  hub?: HubOptions;
  /** What an `amqp:` bus tells its process. */
  amqp?: AmqpOptions;
}

/**
 * Opens the bus that `url` names: `sqlite:PATH`, `sqlite::memory:`, `hub` (with `options.hub`), `amqp(s)://…`.
 * Wrap it with `withRetry` before use. Throws `ConfigError` that lists these for any other URL.
 *
 * @example
 * await using bus = withRetry(await openBus("sqlite::memory:"));
 */
export async function openBus(url: string, options: OpenBusOptions = {}): Promise<MessageBus> {
  if (url.startsWith("sqlite:")) return (await import("./sqlite.ts")).openSqliteBus(pathOf(url));
  if (url === "hub") return await openHub(options.hub);
  if (/^amqps?:\/\//.test(url)) return await (await import("./amqp.ts")).openAmqpBus(url, options.amqp);
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

/** The scheme alone: the rest of a URL may hold a password. */
function schemeOf(url: string): string {
  return url.split(":", 1)[0] + (url.includes(":") ? ":" : "");
}
