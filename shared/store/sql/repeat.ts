/** Whether a transaction that failed is run again, and after how long. */
import type { Failure } from "../dialect.ts";

/** How often writes are run that others are in the way of, and those whose connection is lost. */
const TRIES = { raced: 6, cut: 3 } as const;
/** The longest pause after the first failure; it doubles with each. */
const FIRST_PAUSE_MS = 10;

/** Decides by what failed. `isUncertain`: the commit was asked for; it has happened, or not, unless it was a race. */
export function mayRepeat(
  failure: Failure | undefined,
  { attempt, isUncertain }: { attempt: number; isUncertain: boolean },
): failure is "raced" | "cut" {
  if (failure === "raced") return attempt < TRIES.raced;
  return failure === "cut" && !isUncertain && attempt < TRIES.cut;
}

/** Decides how long to pause after `attempt` tries, in milliseconds; by chance, so that two do not meet again. */
export function repeatPauseMs(
  failure: "raced" | "cut",
  attempt: number,
  random: () => number = Math.random,
): number {
  return failure === "cut" ? 0 : random() * FIRST_PAUSE_MS * 2 ** (attempt - 1);
}
