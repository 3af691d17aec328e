/** Notices that whatever launched `start` is gone, since some launchers (npx among them) do not pass signals on. */

/** A process above this one: its id, its parent's, and its command line. */
export interface Ancestor {
  pid: number;
  ppid: number;
  command: string[];
}

/** Reads one process from the system; undefined when there is none. */
export type ReadProcess = (pid: number) => Ancestor | undefined;

const LAUNCHERS = /^(node|npm|npx|deno)$/;

/**
 * Gives the launchers above `pid`, nearest first: the unbroken row of deno, node, npm, npx and the `sh -c` between
 * them. A person's shell or terminal ends the row: losing that is no reason to stop.
 */
export function launchersAbove(pid: number, read: ReadProcess): Ancestor[] {
  const row: Ancestor[] = [];
  for (let next = read(pid); next && next.pid > 1 && isLauncher(next); next = read(next.ppid)) row.push(next);
  while (row.length > 0 && isShell(row.at(-1)!)) row.pop();
  return row;
}

/** Tells whether one of `row` has ended or been handed to another parent. */
export function launcherIsGone(row: readonly Ancestor[], read: ReadProcess): boolean {
  return row.some((known) => {
    const now = read(known.pid);
    return now === undefined || now.command.join(" ") !== known.command.join(" ");
  });
}

function isLauncher(process: Ancestor): boolean {
  return LAUNCHERS.test(baseName(process.command[0] ?? "")) || isShell(process);
}

function isShell({ command }: Ancestor): boolean {
  return /^(sh|dash|bash)$/.test(baseName(command[0] ?? "")) && command[1] === "-c";
}

/** Gives the program's name; npm writes its whole command line into the first word. */
function baseName(command: string): string {
  const path = command.split(" ")[0]!;
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Reads a process from `/proc`; gives undefined where there is none, and for a process that only waits to be reaped. */
export function readProc(pid: number): Ancestor | undefined {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    const [state, ppid] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (state === "Z") return undefined;
    const command = Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0").filter(Boolean);
    return { pid, ppid: Number(ppid), command };
  } catch {
    return undefined;
  }
}
