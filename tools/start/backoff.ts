/** How long to wait before a process that died is started again. */

const FIRST_MS = 500;
const LONGEST_MS = 30_000;
/** A process that lived this long died of something new: the pauses begin again. */
const SETTLED_MS = 60_000;

/** Counts the deaths in a row, given how long the process lived this time. */
export function deathsInRow(before: number, livedMs: number): number {
  return livedMs >= SETTLED_MS ? 1 : before + 1;
}

/** Gives the pause after the `deaths`-th death in a row (from 1), in milliseconds: 500, doubling, at most 30,000. */
export function pauseMs(deaths: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** (deaths - 1));
}
