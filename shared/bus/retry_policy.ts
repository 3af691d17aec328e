/** The decisions of retrying and giving up: pure functions, so that they can be read and tested as tables. */
import { type ErrorCode, ParleyError, retryable } from "../error.ts";
import { DEAD_LETTER_QUEUE } from "../model/queue.ts";
import type { Verdict } from "./bus.ts";

/** How often and how soon a delivery is tried again. */
export interface RetryPolicy {
  /** Attempts in all, the first included; from 1. */
  maxAttempts: number;
  /** Milliseconds before the second attempt; doubled for each further one. */
  firstDelayMs: number;
  /** Longest pause between two attempts, in milliseconds. */
  maxDelayMs: number;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = { maxAttempts: 3, firstDelayMs: 500, maxDelayMs: 30_000 };

/** What becomes of a delivery. */
export type Outcome =
  | { kind: "ack" }
  | { kind: "retry"; delayMs: number }
  | { kind: "return" }
  | { kind: "dead"; code: ErrorCode; reason: string };

/** What a handler's end says: its verdict, or what it threw. */
export type Ended = { verdict: Verdict } | { thrown: unknown };

/** A delivery as the decision sees it. */
export interface Tried {
  queue: string;
  /** The attempt that has ended, from 1. */
  attempt: number;
}

/**
 * Gives the pause after attempt `attempt` has failed, in milliseconds: doubling from `firstDelayMs` to `maxDelayMs`,
 * of which a random half is left out, so that what failed together does not come back together.
 */
export function retryDelayMs(
  attempt: number,
  policy: RetryPolicy,
  random: () => number = Math.random,
): number {
  const full = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** Math.min(attempt - 1, 40));
  return Math.round(full / 2 + random() * full / 2);
}

/** Decides what becomes of a delivery whose handler has ended. */
export function decide(ended: Ended, tried: Tried, policy: RetryPolicy): Outcome {
  if ("verdict" in ended && ended.verdict.kind === "ack") return { kind: "ack" };
  if ("verdict" in ended && ended.verdict.kind === "return") return { kind: "return" };
  // A dead letter has nowhere to go but here, so it is tried until somebody can keep it.
  if (tried.queue === DEAD_LETTER_QUEUE) return { kind: "retry", delayMs: policy.maxDelayMs };
  const wish = "thrown" in ended ? wishOf(ParleyError.from(ended.thrown)) : wishOfVerdict(ended.verdict);
  if (wish.kind !== "retry" || tried.attempt < policy.maxAttempts) {
    return outcomeOf(wish, tried.attempt, policy);
  }
  return {
    kind: "dead",
    code: wish.code,
    reason: `Given up after ${attempts(tried.attempt)}: ${wish.reason}`,
  };
}

/** Decides whether a delivery is given up before it is tried: its readers have died as often as it may be tried. */
export function isHopeless({ queue, attempt }: Tried, policy: RetryPolicy): boolean {
  return queue !== DEAD_LETTER_QUEUE && attempt > policy.maxAttempts;
}

/** Says why `isHopeless` deliveries are given up. */
export function hopeless({ attempt }: Tried): Outcome & { kind: "dead" } {
  const reason = `Given up after ${
    attempts(attempt - 1)
  }: its readers ended before they had finished with it.`;
  return { kind: "dead", code: "internal", reason };
}

type Wish =
  | { kind: "retry"; delayMs?: number; code: ErrorCode; reason: string }
  | { kind: "dead"; code: ErrorCode; reason: string };

function wishOf({ code, message }: ParleyError): Wish {
  return { kind: retryable(code) ? "retry" : "dead", code, reason: message };
}

function wishOfVerdict(verdict: Exclude<Verdict, { kind: "ack" }> | Verdict): Wish {
  if (verdict.kind === "reject") return { kind: "dead", code: verdict.code, reason: verdict.reason };
  const delayMs = verdict.kind === "retry" ? verdict.delayMs : undefined;
  return {
    kind: "retry",
    code: "unavailable",
    reason: "its reader asked for another attempt each time.",
    delayMs,
  };
}

function outcomeOf(wish: Wish, attempt: number, policy: RetryPolicy): Outcome {
  if (wish.kind === "dead") return wish;
  return { kind: "retry", delayMs: wish.delayMs ?? retryDelayMs(attempt, policy) };
}

function attempts(count: number): string {
  return count === 1 ? "1 attempt" : `${count} attempts`;
}
