/** A process as one of the workspace's tasks starts it, for tests of what it prints and how it ends. */
import { fileURLToPath } from "node:url";
import project from "../../deno.json" with { type: "json" };

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Starts `deno task NAME` without the task runner in between, which would keep signals to itself. */
export function startTask(
  name: keyof typeof project.tasks & (`start${string}` | "cli"),
  args: string[],
  env: Record<string, string>,
  options: Deno.CommandOptions = {},
): Deno.ChildProcess {
  const [, ...command] = project.tasks[name].command.split(" ");
  return new Deno.Command(Deno.execPath(), {
    args: [...command, ...args],
    cwd: ROOT,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...options,
  }).spawn();
}

/** Tells whether the process is there and is not a zombie. */
export function isAlive(pid: number): boolean {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return stat.slice(stat.lastIndexOf(")") + 2)[0] !== "Z";
  } catch {
    return false;
  }
}

/** Waits for the end, and gives everything that was said. */
export async function outcomeOf(
  process: Deno.ChildProcess,
): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await process.output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}
