/**
 * Ends everything that a program started. Its own process group gets the signal; what left the group for a session of
 * its own is found by the mark that each program carries in its environment (Linux). Only a process that does both,
 * leaves the group and clears its environment, is not found.
 */
import { pause } from "../../shared/pause.ts";

/** The variable that marks a command's processes. */
export const MARK = "PARLEY_COMMAND";
/** How long a tree that was asked to end may take, in milliseconds, before it is killed. */
export const GRACE_MS = 2_000;
const LOOK_AGAIN_MS = 25;
/** A tree that forks while it is killed is looked at this often. */
const MOST_KILLS = 20;

/** Finds the processes whose environment has `mark`. The runner may not read /proc itself: Deno asks for every permission. */
async function marked(mark: string): Promise<number[]> {
  if (Deno.build.os !== "linux") return [];
  const script = 'exec grep -lsF -- "$1" /proc/[0-9]*/environ';
  const search = new Deno.Command("/bin/sh", {
    args: ["-c", script, "sh", `${MARK}=${mark}`],
    clearEnv: true,
    env: { PATH: "/usr/bin:/bin" },
    stdin: "null",
    stderr: "null",
  });
  // A machine without a shell has its groups.
  const { stdout } = await search.output().catch(() => ({ stdout: new Uint8Array() }));
  return [...new TextDecoder().decode(stdout).matchAll(/\/proc\/(\d+)\//g)].map(([, pid]) => Number(pid));
}

/** A program's processes: those of its group, and those with its mark. */
export class ProcessTree {
  #ending: Promise<void> | undefined;

  constructor(readonly leader: number, readonly mark: string) {}

  /** Asks the whole tree to end; kills what is left of it after the grace. Resolves when nothing is left. */
  end(graceMs = GRACE_MS): Promise<void> {
    return this.#ending ??= this.#end(graceMs);
  }

  async #end(graceMs: number): Promise<void> {
    const deadline = performance.now() + graceMs;
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
    const others = await marked(this.mark);
    // Those of the group have it already, but which they are only /proc says, and a signal twice is no harm.
    return others.map((pid) => kill(pid, signal)).some(Boolean) || group;
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
