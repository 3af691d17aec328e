/** What was found, as one short table with the bars and whether each is held. */

/** A line of the table. Without `isHeld` it is told for comparison only. */
export interface Finding {
  what: string;
  bar?: string;
  measured: string;
  isHeld?: boolean;
}

/** Prints the table. Gives false when a bar is missed. */
export function report(findings: readonly Finding[]): boolean {
  const rows = findings.map(({ what, bar = "", measured, isHeld }) => [what, bar, measured, verdict(isHeld)]);
  const head = ["", "at least", "measured", ""];
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)));
  const line = (row: string[]) => `| ${row.map((cell, at) => cell.padEnd(widths[at]!)).join(" | ")} |`;
  console.log([line(head), `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`].join("\n"));
  for (const row of rows) console.log(line(row));
  return findings.every(({ isHeld }) => isHeld !== false);
}

function verdict(isHeld: boolean | undefined): string {
  if (isHeld === undefined) return "";
  return isHeld ? "held" : "MISSED";
}

export interface Spread {
  p50: number;
  p99: number;
  max: number;
}

/** Gives the middle, the 99th percentile and the most of `values`. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
  return { p50: at(0.5), p99: at(0.99), max: sorted.at(-1)! };
}

/** Writes milliseconds: those under 10 with a digit after the point. */
export function ms(value: number): string {
  return value.toFixed(value < 10 ? 1 : 0);
}

/** Writes the middle and the range of `values`, in milliseconds. */
export function range(values: readonly number[]): string {
  const { p50, max } = spreadOf(values);
  return `p50 ${ms(p50)}, ${ms(Math.min(...values))}–${ms(max)} ms`;
}
