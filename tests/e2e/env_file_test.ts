/** A `.env` file that cannot be understood ends every process before it does anything. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import project from "../../deno.json" with { type: "json" };
import { outcomeOf } from "../../shared/testing/task_process.ts";
import { inherited } from "../environment.ts";

const TASKS = ["start", "start:server", "start:broker", "start:agent", "start:web"] as const;

/** Starts what the task runs, in `cwd` rather than in the workspace, where a person's own `.env` may be. */
function startIn(cwd: string, task: typeof TASKS[number]): Deno.ChildProcess {
  const [, ...args] = project.tasks[task].command.split(" ");
  const main = fileURLToPath(new URL(`../../${args.pop()}`, import.meta.url));
  return new Deno.Command(Deno.execPath(), {
    args: [...args, main],
    cwd,
    env: inherited(),
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

for (const task of TASKS) {
  Deno.test(`${task} ends with code 2 and names file and line when .env cannot be understood`, async () => {
    const directory = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(`${directory}/.env`, "# mine\nLOG_LEVEL=info\nno assignment\n");
      const { code, out, err } = await outcomeOf(startIn(directory, task));
      assert.equal(code, 2, err);
      assert.equal(err.trim(), ".env, line 3: expected NAME=value or a # comment.");
      assert.equal(out, "");
      assert.deepEqual(Array.from(Deno.readDirSync(directory), ({ name }) => name), [".env"]);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}
