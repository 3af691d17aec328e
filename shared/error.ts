/** The one error class, so that every edge can tell a program what went wrong and a person what to do. */

/** Lists every code, in the order of the protocol's section "Errors". The set is closed. */
export const ERROR_CODES = [
  "invalid_json",
  "invalid_message",
  "unsupported_type",
  "not_registered",
  "unauthenticated",
  "forbidden",
  "not_found",
  "conflict",
  "no_agent_available",
  "agent_offline",
  "rate_limited",
  "too_large",
  "timeout",
  "cancelled",
  "unavailable",
  "internal",
] as const;

/** Names why something failed, for programs. */
export type ErrorCode = typeof ERROR_CODES[number];

/** Sentence shown to outsiders when the true cause may hold secrets. */
const SAFE_SENTENCE = "Something went wrong inside Parley. The server's log has the details.";

/**
 * Says what failed (`code`), and in `message` a sentence that is safe to show and names what to do.
 * The `cause` is for the log alone.
 */
export class ParleyError extends Error {
  override readonly name = "ParleyError";

  constructor(readonly code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
  }

  /** Turns anything thrown into a `ParleyError`; what is not one already becomes `internal`, kept as the cause. */
  static from(thrown: unknown): ParleyError {
    if (thrown instanceof ParleyError) return thrown;
    if (isAbort(thrown)) {
      return new ParleyError("cancelled", "The operation was cancelled.", { cause: thrown });
    }
    return new ParleyError("internal", SAFE_SENTENCE, { cause: thrown });
  }
}

const RETRYABLE: ReadonlySet<ErrorCode> = new Set([
  "no_agent_available",
  "agent_offline",
  "rate_limited",
  "timeout",
  "unavailable",
  "internal",
]);

/** Tells whether trying again later can succeed without anybody changing anything. */
export function retryable(code: ErrorCode): boolean {
  return RETRYABLE.has(code);
}

/** Tells whether `text` is one of our codes; a peer may send any string. */
export function isErrorCode(text: unknown): text is ErrorCode {
  return typeof text === "string" && (ERROR_CODES as readonly string[]).includes(text);
}

function isAbort(thrown: unknown): boolean {
  return thrown instanceof DOMException && thrown.name === "AbortError";
}
