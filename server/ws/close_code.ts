/** Why a socket is closed: the codes of our own, and the one that stands for each error. */
import type { ErrorCode } from "../../shared/error.ts";

/** 4000–4499 except 4401 and 4403 mean come back; 4401, 4403 and 4500–4999 mean stay away. */
export const CLOSE = {
  normal: 1000,
  policy: 1008,
  tooLarge: 1009,
  /** The server is going down or restarting. */
  shutdown: 4000,
  /** The reader was too slow; what it missed is kept. */
  slowReader: 4001,
  /** Nothing could be sent or read for too long. */
  silent: 4002,
  /** A newer connection opened the session at another server. */
  moved: 4014,
  unauthenticated: 4401,
  forbidden: 4403,
  /** Another connection took this one's place, or its peer was taken off. */
  replaced: 4500,
} as const;

const CODES: Readonly<Record<ErrorCode, number>> = {
  invalid_json: 1007,
  invalid_message: 1008,
  unsupported_type: 1008,
  not_registered: CLOSE.policy,
  unauthenticated: CLOSE.unauthenticated,
  forbidden: CLOSE.forbidden,
  not_found: 4504,
  conflict: 4509,
  no_agent_available: 4011,
  agent_offline: 4012,
  rate_limited: 4029,
  too_large: CLOSE.tooLarge,
  timeout: 4008,
  cancelled: 4013,
  unavailable: 4003,
  internal: 4010,
};

/** Gives the close code that stands for `code` where an error ends the connection. */
export function closeCodeOf(code: ErrorCode): number {
  return CODES[code];
}

/** Tells whether a client whose socket was closed with `code` should connect again. */
export function meansComeBack(code: number): boolean {
  return code >= 4000 && code <= 4499 && code !== CLOSE.unauthenticated && code !== CLOSE.forbidden;
}
