/**
 * Makes one file of the built-in agents, which needs nothing but Deno and a way to the server. Programs that commands
 * run are run by the same file, started again as its own runner.
 */
import { dirname } from "node:path";
import { joinModules } from "./bundle/join.ts";

const ROOT = new URL("..", import.meta.url).pathname;
const HELP = `Usage: deno task bundle:agent [FILE]

Makes FILE (dist/agent.js) of the built-in agents. The first time, esbuild is fetched from npm.`;

/** Bundles `agent/main.ts` into `file`. Throws with the bundler's own words when it fails. */
export async function bundleAgent(file: string): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await bundleInto(directory);
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeTextFile(file, asAscii(joinModules(await modulesIn(directory), "./main.js")));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function bundleInto(directory: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--code-splitting", "--outdir", directory, "agent/main.ts"],
    cwd: ROOT,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`deno bundle says:\n${new TextDecoder().decode(stderr)}`);
}

async function modulesIn(directory: string): Promise<Map<string, string>> {
  const names = (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name).sort();
  const files = names.map(async (name) =>
    [`./${name}`, await Deno.readTextFile(`${directory}/${name}`)] as const
  );
  return new Map(await Promise.all(files));
}

/**
 * Writes what is not ASCII as escapes, which mean the same in texts and patterns. One other character, in a comment
 * even, would have the engine hold the whole file with two bytes a character, and make it start a third slower.
 */
export function asAscii(source: string): string {
  return source.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

async function main(args: string[]): Promise<void> {
  const [file = "dist/agent.js"] = args.filter((arg) => arg !== "--");
  if (file === "--help" || file === "-h") return console.log(HELP);
  const path = file.startsWith("/") ? file : `${Deno.cwd()}/${file}`;
  await bundleAgent(path);
  const { size } = await Deno.stat(path);
  console.log(`${file}: ${(size / 1_000_000).toFixed(1)} MB. Run it with: deno run -A ${file} --help`);
}

if (import.meta.main) await main(Deno.args);
