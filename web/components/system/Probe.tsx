/** What lies over a chart and chooses a time in it: with the pointer, or with the arrow keys. */
import type { JSX } from "preact";
import { nearest, type Sample, stepped, WINDOW_MS } from "../../lib/system/history.ts";

interface ProbeProps {
  samples: readonly Sample[];
  label: string;
  /** The sample that is chosen; none: the newest counts. */
  at: number | undefined;
  /** What is said of the chosen one. */
  text: string;
  onChoose: (at: number | undefined) => void;
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -12,
  PageUp: 12,
  Home: -Infinity,
  End: Infinity,
};

export function Probe({ samples, label, at, text, onChoose }: ProbeProps) {
  const newest = samples.at(-1)?.atMs ?? 0;
  const last = nearest(samples, newest);
  if (last === undefined) return null;
  const point = ({ clientX, currentTarget }: JSX.TargetedPointerEvent<HTMLElement>) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    onChoose(nearest(samples, newest - WINDOW_MS * (1 - (clientX - left) / width)));
  };
  const press = (event: KeyboardEvent) => {
    const steps = STEPS[event.key];
    if (steps === undefined) return;
    event.preventDefault();
    onChoose(stepped(samples, at ?? last, steps));
  };
  return (
    <div
      class="probe"
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={samples.length - 1}
      aria-valuenow={at ?? last}
      aria-valuetext={text}
      onPointerMove={point}
      onPointerLeave={() => onChoose(undefined)}
      onKeyDown={press}
      onFocus={() => onChoose(last)}
      onBlur={() => onChoose(undefined)}
    />
  );
}
