/**
 * Makes one file of the built-in agents, which needs nothing but Deno and a way to the server. Programs that commands
 * run are run by the same file, started again as its own runner.
 */
import { dirname } from "node:path";
import project from "../deno.json" with { type: "json" };
import { joinModules } from "./bundle/join.ts";

const ROOT = new URL("..", import.meta.url).pathname;
const HELP = `Usage: deno task bundle:agent [FILE]

Makes FILE (dist/agent.js) of the built-in agents. The first time, esbuild is fetched from npm.`;

/**
 * What hardly any agent needs and would make the file half as large again: Azure's clients, for secrets in a Key Vault,
 * and the driver of SQL Server, which brings them along. Deno fetches them from npm when they are first used.
 */
const LEFT_TO_NPM = ["@azure/identity", "@azure/keyvault-secrets", "tedious"] as const;

/** Bundles `agent/main.ts` into `file`. Throws with the bundler's own words when it fails. */
export async function bundleAgent(file: string): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await bundleInto(directory);
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeTextFile(file, asAscii(fromNpm(joinModules(await modulesIn(directory), "./main.js"))));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function bundleInto(directory: string): Promise<void> {
  const external = LEFT_TO_NPM.flatMap((name) => ["--external", name]);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--code-splitting", ...external, "--outdir", directory, "agent/main.ts"],
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

/** Names those packages as npm has them, but not where Deno would see them before the first line runs, and fetch them. */
export function fromNpm(source: string): string {
  const names = LEFT_TO_NPM.map((name) => [name, project.imports[name]]);
  const table = `const __npm = ${JSON.stringify(Object.fromEntries(names))};\n`;
  const importing = new RegExp(`\\bimport\\("(${LEFT_TO_NPM.join("|")})"\\)`, "g");
  return table + source.replace(importing, 'import(__npm["$1"])');
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
