// Finds what a bundle depends on, so that it is made anew only when that changed.
import { createHash } from "node:crypto";
import { dirname, join, resolve } from "node:path";

/** Returns a hash of `files`, all they import, the settings above `root`, `key` and the version of Deno. */
export async function sourcesHash(root: string, files: string[], key: string[]): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([Deno.version.deno, key]));
  const settings = await existing(above(root, ["deno.json", "deno.jsonc", "deno.lock"]));
  for (const file of [...settings, ...await withImports(files)]) {
    hash.update(file).update(await Deno.readFile(file));
  }
  return hash.digest("hex").slice(0, 16);
}

/** Returns the `deno.json` that says what imports mean in `root`: the workspace's if there is one, or the nearest. */
export async function bundleConfig(root: string): Promise<string | undefined> {
  const configs = await existing(above(root, ["deno.json", "deno.jsonc"]));
  const texts = await Promise.all(configs.map((path) => Deno.readTextFile(path)));
  const workspace = texts.findLastIndex((text) => /"workspace"\s*:/.test(text));
  return configs[Math.max(workspace, 0)];
}

/** Finds what looks like a relative import in `code`. One too many only rebuilds too often. */
export function relativeImports(code: string): string[] {
  return Array.from(
    code.matchAll(/(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g),
    (match) => match[1]!,
  );
}

async function withImports(files: string[]): Promise<string[]> {
  const all = new Set(files);
  for (const file of all) {
    const code = await Deno.readTextFile(file).catch(() => "");
    for (const specifier of relativeImports(code)) all.add(join(dirname(file), specifier));
  }
  return (await existing([...all])).toSorted();
}

/** Lists where files named `names` may be, from `dir` to the root of the file system. */
function above(dir: string, names: string[]): string[] {
  const here = names.map((name) => join(resolve(dir), name));
  const parent = dirname(resolve(dir));
  return parent === resolve(dir) ? here : [...here, ...above(parent, names)];
}

async function existing(paths: string[]): Promise<string[]> {
  const isFile = await Promise.all(
    paths.map((path) => Deno.stat(path).then((stat) => stat.isFile, () => false)),
  );
  return paths.filter((_, index) => isFile[index]);
}
