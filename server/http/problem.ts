/** Errors as HTTP answers: `application/problem+json` (RFC 9457) with our code. */
import type { ErrorCode, ParleyError } from "../../shared/error.ts";
import { httpStatusOf } from "./status.ts";

const TITLES: Readonly<Record<ErrorCode, string>> = {
  invalid_json: "Not JSON",
  invalid_message: "Invalid request",
  unsupported_type: "Unsupported type",
  not_registered: "Not registered",
  unauthenticated: "Not signed in",
  forbidden: "Not allowed",
  not_found: "Not found",
  conflict: "Conflict",
  no_agent_available: "No agent is available",
  agent_offline: "The agent is offline",
  rate_limited: "Too many requests",
  too_large: "Too large",
  timeout: "No answer in time",
  cancelled: "Cancelled",
  unavailable: "Not available now",
  internal: "Something went wrong",
};

export interface ProblemOptions {
  /** Where it differs from the code's own. */
  status?: number;
  headers?: Record<string, string>;
  /** Further members of the problem. */
  fields?: Record<string, unknown>;
}

/** Makes the answer for an error. */
export function problem(
  { code, message }: Pick<ParleyError, "code" | "message">,
  { status = httpStatusOf(code), headers, fields }: ProblemOptions = {},
): Response {
  const body = { type: "about:blank", title: TITLES[code], status, code, detail: message, ...fields };
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/problem+json", ...headers },
  });
}
