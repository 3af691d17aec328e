/** The HTTP status that stands for each error code. */
import type { ErrorCode } from "../../shared/error.ts";

const STATUS = {
  invalid_json: 400,
  invalid_message: 422,
  unsupported_type: 422,
  not_registered: 401,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  no_agent_available: 503,
  agent_offline: 503,
  rate_limited: 429,
  too_large: 413,
  timeout: 504,
  cancelled: 499,
  unavailable: 503,
  internal: 500,
} as const satisfies Readonly<Record<ErrorCode, number>>;

export function httpStatusOf(code: ErrorCode): typeof STATUS[ErrorCode] {
  return STATUS[code];
}
