/** When silence means that an agent is gone: pure decisions over one agent (protocol, "Presence"). */
import type { Agent } from "./agent.ts";

export interface Limits {
  /** Milliseconds between the heartbeats that agents are told to send. */
  heartbeatMs: number;
  /** Milliseconds without a PONG after which an agent on a socket counts as gone. */
  inactivityMs: number;
  /** When this server started, in milliseconds since 1970. */
  startedAt: number;
}

const HOUR_MS = 60 * 60 * 1000;

/**
 * Milliseconds after which a peer that stays away is forgotten. What waits for an agent is given up after one day;
 * it is still known then, and for another day, so that this can be done, and told with its name.
 */
export const FORGET_AFTER_MS = 48 * HOUR_MS;

/** Milliseconds after a start before anybody is forgotten: what waits for those that are long gone is given up first. */
export const SETTLE_MS = HOUR_MS;

/** Milliseconds after which a peer that registered, and then never came or said a word, is forgotten. */
const FORGET_UNHEARD_MS = 10 * 60 * 1000;

/** Milliseconds that an agent may take to open the stream that it announced when it registered. */
const OPENS_STREAM_MS = 1_000;
/** How many told intervals may pass without a heartbeat. */
const MISSED_HEARTBEATS = 2;

/**
 * Gives the time at which silence changes something: an online agent goes offline, an offline one is forgotten.
 * An open stream needs no words: gRPC's keepalive finds a peer that is frozen.
 */
export function deadlineOf(agent: Agent, { heartbeatMs, inactivityMs, startedAt }: Limits): number {
  const { connections, lastSeen } = agent;
  if (!agent.isOnline && !agent.isHeardOf) return lastSeen + FORGET_UNHEARD_MS;
  if (!agent.isOnline) return Math.max(lastSeen + FORGET_AFTER_MS, startedAt + SETTLE_MS);
  if (agent.opensStream && connections.size === 0) return lastSeen + OPENS_STREAM_MS;
  if (connections.has("commands") || connections.has("hub")) return Infinity;
  if (connections.has("socket")) return lastSeen + inactivityMs;
  return lastSeen + MISSED_HEARTBEATS * heartbeatMs;
}
