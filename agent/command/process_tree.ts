/**
 * Ends everything that a program started. Its own process group gets the signal; what left the group for a session of
 * its own is found by the mark that each program carries in its environment, or by its parents (Linux). Only a process
 * that leaves the group, clears its environment and has lost its parents before anybody looked is not found.
 */
import { pause } from "../../shared/pause.ts";
import { familyIn, type Process, processesIn } from "./process_table.ts";

/** The variable that marks a command's processes. */
export const MARK = "PARLEY_COMMAND";
/** How long a tree that was asked to end may take, in milliseconds, before it is killed. */
export const GRACE_MS = 2_000;
const LOOK_AGAIN_MS = 25;
/** A tree that forks while it is killed is looked at this often. */
const MOST_KILLS = 20;

/**
 * Finds the processes whose environment has `mark`, and all there are. Undefined: this machine does not tell. The runner
 * may not read /proc itself: Deno asks for every permission.
 */
async function look(mark: string): Promise<{ marked: Set<number>; all: Process[] } | undefined> {
  if (Deno.build.os !== "linux") return;
  const script = 'grep -lsF -- "$1" /proc/[0-9]*/environ; exec grep -Hs "" /proc/[0-9]*/stat';
  const search = new Deno.Command("/bin/sh", {
    args: ["-c", script, "sh", `${MARK}=${mark}`],
    clearEnv: true,
    env: { PATH: "/usr/bin:/bin" },
    stdin: "null",
    stderr: "null",
  });
  // A machine without a shell has its groups.
  const output = await search.output().catch(() => undefined);
  if (!output) return;
  const text = new TextDecoder().decode(output.stdout);
  if (!text.includes("/stat:")) return;
  const marked = [...text.matchAll(/^\/proc\/(\d+)\/environ$/gm)].map(([, pid]) => Number(pid));
  return { marked: new Set(marked), all: processesIn(text) };
}

/** A program's processes: those of its group, those with its mark, and their children. */
export class ProcessTree {
  #known: Process[] = [];
  #ending: Promise<void> | undefined;

  constructor(readonly leader: number, readonly mark: string) {}

  /** Asks the whole tree to end; kills what is left of it after the grace. Resolves when nothing is left. */
  end(graceMs = GRACE_MS): Promise<void> {
    return this.#ending ??= this.#end(graceMs);
  }

  async #end(graceMs: number): Promise<void> {
    const deadline = performance.now() + graceMs;
    // Before the first of them ends: what is a child now is nobody's then.
    if ((await this.#find())?.length === 0) return;
    if (!await this.#signal("SIGTERM")) return;
    while (performance.now() < deadline) {
      await pause(LOOK_AGAIN_MS);
      // Harmless to whom it reaches, and a stopped process hears of its end only when it goes on.
      if (!await this.#signal("SIGCONT")) return;
    }
    for (let kills = 0; kills < MOST_KILLS && await this.#signal("SIGKILL"); kills++) {
      await pause(LOOK_AGAIN_MS);
    }
  }

  /** Tells whether there was anybody to hear it. The group first: who is stopped here starts no more of the others. */
  async #signal(signal: Deno.Signal): Promise<boolean> {
    const group = kill(-this.leader, signal);
    const others = await this.#find();
    // Those of the group have it already, but a signal twice is no harm.
    for (const { pid } of others ?? []) kill(pid, signal);
    // A group of zombies hears every signal, and is nobody.
    return others ? others.length > 0 : group;
  }

  /** Gives those that are there now; undefined where only the group is known. */
  async #find(): Promise<Process[] | undefined> {
    const found = await look(this.mark);
    if (!found) return;
    return this.#known = familyIn(found.all, {
      group: this.leader,
      marked: found.marked,
      known: this.#known,
    });
  }
}

function kill(pid: number, signal: Deno.Signal): boolean {
  try {
    Deno.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}
