/** When an agent or a broker was there. */
import type { AgentStatus } from "./agent.ts";

/** One change of an agent's or broker's presence. */
export interface PresenceChange {
  /** The agent's or broker's id. */
  id: string;
  kind: "agent" | "broker";
  at: string;
  status: AgentStatus;
  is_online: boolean;
  /** Why, for people: `registered`, `disconnected`, `timed out`, `paused by web_…`. */
  reason: string;
}

/** For how much of a period it was online. Times are ISO 8601; durations are in milliseconds. */
export interface Availability {
  from: string;
  to: string;
  online_ms: number;
  /** The part of the period for which anything is known: from the first change on, and not after now. */
  known_ms: number;
  /** `online_ms` as a part of `known_ms`, 0 to 1; null when nothing is known. */
  ratio: number | null;
}
