/** Samples as the path of a line in a picture. */
import type { Sample } from "./history.ts";

/** What part of time and values the picture shows, and how large it is. */
export interface Frame {
  fromMs: number;
  toMs: number;
  /** The value at the upper edge; the lower edge is zero. */
  most: number;
  width: number;
  height: number;
}

/** Gives how far from the left a time is. */
export function xOf(atMs: number, { fromMs, toMs, width }: Frame): number {
  return rounded(toMs > fromMs ? (atMs - fromMs) / (toMs - fromMs) * width : width);
}

/** Gives how far from the top a value is. */
export function yOf(value: number, { most, height }: Frame): number {
  return rounded(height - (most > 0 ? Math.min(1, Math.max(0, value / most)) : 0) * height);
}

/** Draws the line, which is broken where there is no value. */
export function linePath(samples: readonly Sample[], frame: Frame): string {
  const runs = runsOf(samples).filter((run) => run.length > 1);
  return runs.map((run) => `M${placesOf(run, frame).join("L")}`).join("");
}

/** Draws a dot for each value that stands alone. */
export function dotPath(samples: readonly Sample[], frame: Frame): string {
  const alone = runsOf(samples).filter((run) => run.length === 1);
  return alone.map((run) => `M${placesOf(run, frame)}h0`).join("");
}

/** Draws the area between the line and zero. */
export function areaPath(samples: readonly Sample[], frame: Frame): string {
  const runs = runsOf(samples).filter((run) => run.length > 1);
  return runs.map((run) => {
    const [first, last] = [run[0]!, run.at(-1)!].map(({ atMs }) => xOf(atMs, frame));
    return `M${first} ${frame.height}L${placesOf(run, frame).join("L")}L${last} ${frame.height}Z`;
  }).join("");
}

type Known = Sample & { value: number };

function placesOf(run: readonly Known[], frame: Frame): string[] {
  return run.map(({ atMs, value }) => `${xOf(atMs, frame)} ${yOf(value, frame)}`);
}

/** Takes the samples apart where there is no value. */
function runsOf(samples: readonly Sample[]): Known[][] {
  const runs: Known[][] = [[]];
  for (const sample of samples) {
    if (isKnown(sample)) runs.at(-1)!.push(sample);
    else runs.push([]);
  }
  return runs.filter((run) => run.length > 0);
}

function isKnown(sample: Sample): sample is Known {
  return sample.value !== null && Number.isFinite(sample.value);
}

function rounded(length: number): number {
  return Math.round(length * 10) / 10;
}
