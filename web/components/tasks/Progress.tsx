/** How far something is, as a bar and in per cent. */

interface ProgressProps {
  label: string;
  /** 0 to 1. */
  value: number;
}

export function ProgressBar({ label, value }: ProgressProps) {
  const percent = percentOf(value);
  return (
    <span class="task-progress">
      <progress aria-label={label} max={100} value={percent} />
      <span aria-hidden="true">{percent} %</span>
    </span>
  );
}

/** An agent says how far it is, and 0.999 is not all of it. */
function percentOf(value: number): number {
  return Math.max(0, Math.min(100, Math.floor(value * 100 + 1e-9)));
}
