import assert from "node:assert/strict";
import { type Ancestor, launcherIsGone, launchersAbove, type ReadProcess } from "./ancestors.ts";

/** A row of processes, nearest first; each one's parent is the next. */
function system(...commands: string[][]): { read: ReadProcess; end: (pid: number) => void } {
  const processes = new Map<number, Ancestor>();
  commands.forEach((command, index) =>
    processes.set(index + 10, { pid: index + 10, ppid: index + 11, command })
  );
  return { read: (pid) => processes.get(pid), end: (pid) => processes.delete(pid) };
}

const NPX = [
  ["/root/.npm/_npx/1/node_modules/@deno/linux/deno", "task", "start"],
  ["node", "/root/.npm/_npx/1/node_modules/.bin/deno", "task", "start"],
  ["sh", "-c", "deno task start"],
  ["npm exec deno@2.9.6 task start"],
  ["-bash"],
];

Deno.test("launchersAbove() finds the whole row that npx puts between a person's shell and start", () => {
  assert.deepEqual(launchersAbove(10, system(...NPX).read).map(({ pid }) => pid), [10, 11, 12, 13]);
});

Deno.test("launchersAbove() leaves out the shell of a script that runs deno task", () => {
  const { read } = system(["deno", "task", "start"], ["bash", "-c", "deno task start"], ["sshd"]);
  assert.deepEqual(launchersAbove(10, read).map(({ pid }) => pid), [10]);
});

Deno.test("launcherIsGone() notices any of the row ending, and nothing before", () => {
  for (const pid of [10, 11, 12, 13]) {
    const { read, end } = system(...NPX);
    const row = launchersAbove(10, read);
    assert.equal(launcherIsGone(row, read), false);
    end(pid);
    assert.equal(launcherIsGone(row, read), true);
  }
});
