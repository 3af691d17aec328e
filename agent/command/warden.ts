/**
 * Ends the programs of a runner that died without a word (SIGKILL, out of memory): a shell that waits for the end of
 * its input, which comes with the runner's end however that came about. Where there is no POSIX shell, there is no warden.
 */
import { MARK } from "./process_tree.ts";

/** Lines on its input: `+ PID` and `- PID`, the groups there are. Its arguments: the mark of all programs, the folder. */
const SCRIPT = String.raw`
groups=" "
while read -r sign pid; do
  case "$sign" in
    +) groups="$groups$pid " ;;
    -) groups="${"${groups%% $pid *} ${groups#* $pid }"}" ;;
  esac
done
marked() {
  for file in $(grep -lsF -- "$1" /proc/[0-9]*/environ 2>/dev/null); do
    file=${"${file#/proc/}"}
    echo "${"${file%/environ}"}"
  done
}
signal() {
  for pid in $groups; do kill -s "$2" -- "-$pid" 2>/dev/null; done
  for pid in $(marked "$1"); do kill -s "$2" "$pid" 2>/dev/null; done
}
if [ -n "$(echo $groups)" ] || [ -n "$(marked "$1")" ]; then
  signal "$1" TERM
  sleep 1
  signal "$1" KILL
fi
rm -rf -- "$2"
`;

export class Warden {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  private constructor(readonly child: Deno.ChildProcess) {
    this.#writer = child.stdin.getWriter();
  }

  /** Watches programs whose mark begins with `mark`, and removes `folder` when the runner is gone. */
  static start(mark: string, folder: string): Warden | undefined {
    try {
      return new Warden(spawnWarden(mark, folder));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  /** Tells of a process group that begins (`+`) or is over (`-`). */
  tell(sign: "+" | "-", group: number): void {
    this.#writer.write(new TextEncoder().encode(`${sign} ${group}\n`)).catch(() => {});
  }

  /** Resolves when it has done its last work. */
  async close(): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.child.status;
  }
}

function spawnWarden(mark: string, folder: string): Deno.ChildProcess {
  return new Deno.Command("/bin/sh", {
    args: ["-c", SCRIPT, "parley-warden", `${MARK}=${mark}`, folder],
    clearEnv: true,
    env: { PATH: "/usr/bin:/bin" },
    cwd: "/",
    stdin: "piped",
    stdout: "null",
    stderr: "null",
    // What ends a terminal's foreground must not end it together with the runner.
    detached: true,
  }).spawn();
}
