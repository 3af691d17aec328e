import assert from "node:assert/strict";
import { start } from "./running.ts";

const root = new URL("../..", import.meta.url).pathname;

// No container engine runs where Parley is tested: each RUN of the image is run as a plain command instead.
Deno.test("every step of the image works in a clean directory", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await copyTracked(directory);
    const env = { DENO_DIR: `${directory}/.deno`, DENO_NO_UPDATE_CHECK: "1", DENO_NO_PROMPT: "1" };
    await lendPackages(env.DENO_DIR);
    for (const command of await runLines()) await run(command, directory, env);
    await using running = await start({ cwd: directory, env: { DENO_DIR: env.DENO_DIR } });
    await running.line(/Parley is ready/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("the image's steps are plain commands, one a line", async () => {
  const lines = await runLines();
  assert.ok(lines.length >= 3);
  for (const line of lines) assert.doesNotMatch(line, /\\$|&&/);
});

async function runLines(): Promise<string[]> {
  const text = await Deno.readTextFile(`${root}Dockerfile`);
  return text.split("\n").filter((line) => line.startsWith("RUN ")).map((line) => line.slice(4));
}

async function copyTracked(directory: string): Promise<void> {
  const { stdout } = await new Deno.Command("git", { args: ["ls-files", "-z"], cwd: root }).output();
  for (const file of new TextDecoder().decode(stdout).split("\0").filter(Boolean)) {
    await Deno.mkdir(`${directory}/${file}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.copyFile(`${root}${file}`, `${directory}/${file}`);
  }
}

/** Lets `denoDir` have the packages that this machine has: to download all of them takes most of a minute, and a network. */
async function lendPackages(denoDir: string): Promise<void> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"], cwd: root })
    .output();
  const { npmCache } = JSON.parse(new TextDecoder().decode(stdout));
  await Deno.mkdir(denoDir);
  await Deno.symlink(npmCache, `${denoDir}/npm`);
}

async function run(command: string, cwd: string, env: Record<string, string>): Promise<void> {
  const path = `${Deno.execPath().replace(/\/[^/]*$/, "")}:${Deno.env.get("PATH")}`;
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-c", command],
    cwd,
    env: { ...env, PATH: path },
  })
    .output();
  assert.equal(code, 0, `${command}\n${new TextDecoder().decode(stderr).slice(-2000)}`);
}
