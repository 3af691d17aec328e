/** The processes of this machine as Linux tells of them, and which of them are one program's. */

/** One process. */
export interface Process {
  pid: number;
  parent: number;
  group: number;
  /** When it began, in ticks: a number that is given again later is not the same process. */
  startedAt: number;
}

/** Reads `grep -H '' /proc/[0-9]*\/stat`, without those that have ended (zombies): they hear no signal. */
export function processesIn(text: string): Process[] {
  return text.split("\n").flatMap((line) => {
    // The name may hold anything, a line's end and what looks like another process included; after it come numbers alone.
    const match = /^\/proc\/(\d+)\/stat:(\d+) \(.*\) ([A-Za-z]) ([-\d ]+)$/.exec(line);
    if (!match || match[1] !== match[2] || /[ZXx]/.test(match[3]!)) return [];
    const numbers = match[4]!.split(" ").map(Number);
    return [{ pid: Number(match[1]), parent: numbers[0]!, group: numbers[1]!, startedAt: numbers[18]! }];
  });
}

/** What makes a process one of a program's. */
export interface Belonging {
  /** The program's group. */
  group: number;
  /** Processes that have its mark. */
  marked: ReadonlySet<number>;
  /** Those that belonged to it before. */
  known: readonly Process[];
}

/** Gives those of `processes` that belong to a program: its group, its mark, those that did before, and their children. */
export function familyIn(processes: readonly Process[], { group, marked, known }: Belonging): Process[] {
  const same = (one: Process) =>
    known.some(({ pid, startedAt }) => pid === one.pid && startedAt === one.startedAt);
  const family = new Set(processes.filter((one) => one.group === group || marked.has(one.pid) || same(one)));
  for (let before = -1; before !== family.size;) {
    before = family.size;
    const parents = new Set([...family].map(({ pid }) => pid));
    for (const one of processes) if (parents.has(one.parent)) family.add(one);
  }
  return [...family];
}
