/** Pauses that grow while somebody is away, each a little different so that many agents do not come back at once. */
export { pause } from "../shared/pause.ts";

const FIRST_MS = 200;
const LONGEST_MS = 5_000;

/** Decides how long to pause after `failures` failures in a row (from 1), in milliseconds: 100 to 5,000. */
export function pauseMs(failures: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 16));
  return Math.round(full * (0.5 + random() / 2));
}
