/** How what was measured is put in words: the middle, the worst, and what of the worst the processor was at work for. */
import { type Finding, ms, spreadOf } from "../presence/report.ts";

/** One measured time; `processorMs` is what of it the processor was at work for it, the rest was taken by others. */
export interface Measured {
  wallMs: number;
  processorMs?: number;
}

/** Makes a line of the table: held when the worst is within `mostMs`. */
export function timesFinding(what: string, all: readonly Measured[], mostMs?: number): Finding {
  if (all.length === 0) return { what, measured: "nothing was measured", isHeld: false };
  const [wall, processor] = [
    all.map(({ wallMs }) => wallMs),
    all.flatMap(({ processorMs }) => processorMs ?? []),
  ];
  const { p50, max } = spreadOf(wall);
  const worst = all.find(({ wallMs }) => wallMs === max)!;
  const share = (value: number | undefined) => value === undefined ? "" : ` (${ms(value)})`;
  const median = processor.length ? spreadOf(processor).p50 : undefined;
  return {
    what,
    measured: `median ${ms(p50)}${share(median)}, worst ${ms(max)}${
      share(worst.processorMs)
    } ms, ${all.length} ×`,
    ...(mostMs === undefined ? {} : { bar: `≤ ${mostMs} ms`, isHeld: max <= mostMs }),
  };
}
