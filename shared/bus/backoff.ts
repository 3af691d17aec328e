/** Growing pauses between attempts to connect. */

const FIRST_MS = 100;
const LONGEST_MS = 5_000;

/** Gives the pause before the next attempt, in milliseconds, after `failures` in a row: 100 doubling to 5,000, of which a random quarter is left out. */
export function reconnectDelayMs(failures: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 20));
  return Math.round(full * (0.75 + random() / 4));
}
