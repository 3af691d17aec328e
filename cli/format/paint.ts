/** Colours of a terminal, by what they are for. */

const CODES = { bold: "1", dim: "2", red: "31", green: "32", yellow: "33", cyan: "36" } as const;

export type Colour = keyof typeof CODES;

/** Gives `text` in `colour`; without one, as it is. */
export function paint(text: string, colour: Colour | undefined): string {
  return colour ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text;
}

const OF_STATUS: Readonly<Record<string, Colour>> = {
  idle: "green",
  busy: "yellow",
  paused: "cyan",
  error: "red",
  offline: "dim",
  succeeded: "green",
  running: "yellow",
  waiting: "cyan",
  awaiting_approval: "cyan",
  failed: "red",
  timed_out: "red",
  cancelled: "dim",
  pending: "cyan",
  assigned: "yellow",
  in_progress: "yellow",
  completed: "green",
};

/** Gives the colour in which a status of an agent, a command or a task is shown. */
export function colourOf(status: string): Colour | undefined {
  return OF_STATUS[status];
}
