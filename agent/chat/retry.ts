/** Whether and when a model is asked again: pure decisions, so that they can be read and tested as tables. */
import type { Failure } from "./model_failure.ts";

/** How often and how soon a model is asked again. */
export interface RetryPolicy {
  /** Attempts in all, the first included; from 1. */
  attempts: number;
  /** Milliseconds before the second attempt; doubled for each further one. */
  firstDelayMs: number;
  /** Longest pause of our own choosing, in milliseconds. */
  maxDelayMs: number;
  /** Longest pause that a model may ask for; a person is not kept waiting longer than this, in milliseconds. */
  maxRetryAfterMs: number;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  attempts: 4,
  firstDelayMs: 500,
  maxDelayMs: 8_000,
  maxRetryAfterMs: 60_000,
};

/**
 * Decides how long to pause before a model is asked again, in milliseconds; undefined: it is not. What the model asked
 * for (`Retry-After`) is kept to; otherwise the pause doubles, and a random half of it is left out.
 */
export function retryDelayMs(
  failure: Failure,
  attempt: number,
  { policy, random = Math.random }: { policy: RetryPolicy; random?: () => number },
): number | undefined {
  if (attempt >= policy.attempts || !mayPass(failure)) return undefined;
  const asked = failure.kind === "refused" ? failure.retryAfterMs : undefined;
  if (asked !== undefined) return asked <= policy.maxRetryAfterMs ? asked : undefined;
  const full = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** Math.min(attempt - 1, 20));
  return Math.round(full / 2 + random() * full / 2);
}

/** Tells whether the same question can succeed later without anybody changing anything. */
function mayPass(failure: Failure): boolean {
  if (failure.kind !== "refused") return true;
  return failure.status === 408 || failure.status === 429 || failure.status >= 500;
}

/**
 * Reads how long a model asks to be left alone, in milliseconds: `retry-after-ms`, or `Retry-After` in seconds or as
 * a date. Undefined when it does not say, or not understandably.
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const exact = toNumber(headers.get("retry-after-ms"));
  if (exact !== undefined) return exact;
  const text = headers.get("retry-after");
  const seconds = toNumber(text);
  if (seconds !== undefined) return Math.ceil(seconds * 1000);
  const atMs = Date.parse(text ?? "");
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

function toNumber(text: string | null): number | undefined {
  return text !== null && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}
