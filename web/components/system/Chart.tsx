/** A measure over the last quarter of an hour, as a small picture that says its value. */
import { useMemo } from "preact/hooks";
import { WINDOW_MS } from "../../lib/system/history.ts";
import type { Line } from "../../lib/system/measures.ts";
import { areaPath, dotPath, type Frame, linePath, xOf, yOf } from "../../lib/system/path.ts";

const [WIDTH, HEIGHT] = [300, 56];
/** Room above the highest value, so that its line is not cut. */
const MARGIN = 3;

interface ChartProps {
  lines: readonly Line[];
  label: string;
  /** The sample that the reader looks at. */
  at?: number;
}

export function Chart({ lines, label, at }: ChartProps) {
  const frame = frameOf(lines);
  const paths = useMemo(() => lines.map(({ samples }) => linePath(samples, frame)), [lines]);
  const dots = useMemo(() => lines.map(({ samples }) => dotPath(samples, frame)), [lines]);
  const area = useMemo(() => areaPath(lines[0]!.samples, frame), [lines]);
  const looked = at === undefined ? undefined : lines[0]!.samples[at];
  const x = looked && xOf(looked.atMs, frame);
  return (
    <svg
      class="chart"
      role="img"
      aria-label={label}
      viewBox={`0 ${-MARGIN} ${WIDTH} ${HEIGHT + 2 * MARGIN}`}
      preserveAspectRatio="none"
    >
      <path class="chart-ground" d={`M0 ${HEIGHT}H${WIDTH}`} />
      <path class="chart-area" d={area} />
      {paths.map((path, index) => <path key={index} class={`chart-line chart-line-${index}`} d={path} />)}
      {dots.map((path, index) => <path key={index} class={`chart-dots chart-line-${index}`} d={path} />)}
      {looked && <path class="chart-cursor" d={`M${x} 0V${HEIGHT}`} />}
      {looked?.value !== null && looked && (
        <path class="chart-dot" d={`M${x} ${yOf(looked.value, frame)}h0`} />
      )}
    </svg>
  );
}

/** The picture ends at the newest point and reaches from zero to the highest value. */
function frameOf(lines: readonly Line[]): Frame {
  const toMs = lines[0]!.samples.at(-1)?.atMs ?? 0;
  const most = Math.max(0, ...lines.map(({ most }) => most ?? 0));
  return { fromMs: toMs - WINDOW_MS, toMs, most, width: WIDTH, height: HEIGHT };
}
