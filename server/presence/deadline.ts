/** When silence means that an agent is gone: pure decisions over one agent (protocol, "Presence"). */
import type { Agent } from "./agent.ts";
import type { Clock } from "./clock.ts";

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

/**
 * Milliseconds after which a peer is forgotten that registered, and then never came or said a word, or that took
 * whatever id it was given: it takes another when it comes again, and would be known twice. While no server is there,
 * nobody can come.
 */
const FORGET_SOON_MS = 10 * 60 * 1000;

/** Milliseconds that an agent may take to open the stream that it announced when it registered. */
export const OPENS_STREAM_MS = 5_000;
/** How many told intervals may pass without a heartbeat. */
const MISSED_HEARTBEATS = 2;

/**
 * Tells in how many milliseconds silence changes something: an online agent goes offline, an offline one is forgotten.
 * An open stream needs no words: gRPC's keepalive finds a peer that is frozen. Nobody is forgotten for whom an operator
 * decided something, or who is connected.
 */
export function msLeft(agent: Agent, limits: Limits, clock: Pick<Clock, "now" | "ticks">): number {
  if (agent.isOnline) return silenceOf(agent, limits) - (clock.ticks() - agent.heardAtTicks);
  return forgetAt(agent, limits) - clock.now();
}

function silenceOf({ connections, opensStream }: Agent, { heartbeatMs, inactivityMs }: Limits): number {
  if (connections.has("commands") || connections.has("hub")) return Infinity;
  if (connections.has("socket")) return inactivityMs;
  return opensStream ? OPENS_STREAM_MS : MISSED_HEARTBEATS * heartbeatMs;
}

function forgetAt(agent: Agent, { startedAt }: Limits): number {
  if (agent.isPaused || agent.isTakenOff || agent.connections.size > 0) return Infinity;
  if (!agent.isHeardOf || agent.hasGivenId) return Math.max(agent.lastSeen, startedAt) + FORGET_SOON_MS;
  return Math.max(agent.lastSeen + FORGET_AFTER_MS, startedAt + SETTLE_MS);
}
