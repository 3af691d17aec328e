/** What a `redis:` URL says: whom to dial, as whom, and which keys are ours. */
import type { RedisOptions } from "ioredis";
import { requireRedisUrl } from "../config.ts";

const DEFAULT_PREFIX = "parley:";

/** Whom to dial, and where our keys are. */
export interface RedisAddress {
  /** `host:port`, for people; no secret. */
  target: string;
  /** What every key begins with. */
  prefix: string;
  connection: Pick<RedisOptions, "host" | "port" | "username" | "password" | "db" | "tls">;
}

/** Reads a URL such as `rediss://user:password@host:6379/0?prefix=parley:`. Throws `ConfigError`, without a secret, when it is none. */
export function readRedisUrl(text: string): RedisAddress {
  const url = new URL(requireRedisUrl(text));
  const host = url.hostname.replace(/^\[|\]$/g, "") || "localhost";
  const port = Number(url.port || 6379);
  return {
    target: `${url.hostname || "localhost"}:${port}`,
    prefix: url.searchParams.get("prefix") ?? DEFAULT_PREFIX,
    connection: {
      host,
      port,
      db: Number(url.pathname.slice(1) || 0),
      ...(url.username ? { username: decodeURIComponent(url.username) } : {}),
      ...(url.password ? { password: decodeURIComponent(url.password) } : {}),
      ...(url.protocol === "rediss:" ? { tls: {} } : {}),
    },
  };
}

/** Names where a queue's data is. What comes after a queue's name begins with a colon, so none is left in the name. */
export function baseOf({ prefix }: RedisAddress, queue: string): string {
  return `${prefix}q:${queue.replaceAll("%", "%25").replaceAll(":", "%3A")}`;
}

/** Names a topic's channel. Channels are not kept apart by databases, so the name has that, too. */
export function topicChannelOf({ prefix, connection }: RedisAddress, topic: string): string {
  return `${prefix}topic:${connection.db}:${topic}`;
}
