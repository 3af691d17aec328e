/** When to try again, and whether. */

const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

/** Gives the pause before try number `attempt` (from 0), in milliseconds: doubled each time, 30 s at most, ± 20 %. */
export function pauseMs(attempt: number, random: number): number {
  const pause = Math.min(FIRST_MS * 2 ** Math.min(attempt, 10), LONGEST_MS);
  return Math.round(pause * (0.8 + 0.4 * random));
}

/** Tells whether a connection that was closed with `code` is to be opened again (protocol, "Close codes of our own"). */
export function mayComeBack(code: number): boolean {
  return code !== 4401 && code !== 4403 && code < 4500;
}
