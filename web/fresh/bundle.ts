// Makes the code that browsers load, once for each state of its sources, and keeps it on disk.
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundleConfig, sourcesHash } from "./sources.ts";

export interface BundleOptions {
  /** The app's folder: where the nearest `deno.json` is looked for. */
  root: string;
  /** Where bundles are kept. */
  outDir: string;
  /** The modules to make, by name. */
  entries: Map<string, BundleEntry>;
}

export interface BundleEntry {
  file: string;
  /** Whether the module has a default export. */
  hasDefault: boolean;
}

/** File name → content. */
export type Bundle = Map<string, Uint8Array<ArrayBuffer>>;

/**
 * Returns the modules of `entries` with all they import, each as `<name>.js`. Runs `deno bundle` unless it did so before
 * for the same sources, settings and Deno. Throws an error with the bundler's own words when it fails.
 */
export async function bundle(options: BundleOptions): Promise<Bundle> {
  const key = [...options.entries].map(([name, entry]) => name + entryCode(entry));
  const sources = [...options.entries.values()].map(({ file }) => file);
  const dir = join(options.outDir, "client", await sourcesHash(options.root, sources, key));
  const known = await readBundle(dir);
  if (known.size > 0) return known;
  try {
    await make(dir, options);
    await removeOthers(dir);
    return await readBundle(dir);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The islands' code could not be made in ${options.outDir}: ${reason}`, { cause: error });
  }
}

/** Builds beside `dir` and then renames, so that a bundle is there wholly or not at all, whoever else builds it too. */
async function make(dir: string, { entries, root }: BundleOptions): Promise<void> {
  const work = `${dir}.${crypto.randomUUID()}`;
  const sources = await writeEntries(join(work, "src"), entries);
  const out = join(work, "out");
  try {
    const config = await bundleConfig(root);
    await runBundler(root, [...config ? ["--config", config] : [], "--outdir", out, ...sources]);
    await Deno.rename(out, dir).catch(async (error) => {
      if ((await readBundle(dir)).size === 0) throw error; // otherwise somebody else was first
    });
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

async function writeEntries(dir: string, entries: BundleOptions["entries"]): Promise<string[]> {
  await Deno.mkdir(dir, { recursive: true });
  return await Promise.all(Array.from(entries, async ([name, entry]) => {
    const path = join(dir, `${name}.ts`);
    await Deno.writeTextFile(path, entryCode(entry));
    return path;
  }));
}

function entryCode({ file, hasDefault }: BundleEntry): string {
  const [base, module] = [ownModule("./client_base.ts"), file].map((path) =>
    JSON.stringify(pathToFileURL(path).href)
  );
  const all = `import ${base};\nexport * from ${module};\n`;
  return hasDefault ? `${all}export { default } from ${module};\n` : all;
}

async function runBundler(cwd: string, args: string[]): Promise<void> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform", "browser", "--minify", "--code-splitting", ...args],
    cwd,
    env: { NO_COLOR: "1" },
    stdin: "null",
  });
  const { success, stdout, stderr } = await command.output();
  if (success) return;
  const text = new TextDecoder();
  const words = `${text.decode(stdout)}${text.decode(stderr)}`.trim();
  throw new Error(`deno bundle says:\n${words}`);
}

async function readBundle(dir: string): Promise<Bundle> {
  const found: Bundle = new Map();
  try {
    for await (const { name } of Deno.readDir(dir)) {
      found.set(name, await Deno.readFile(join(dir, name)));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found;
}

async function removeOthers(dir: string): Promise<void> {
  for await (const { name } of Deno.readDir(dirname(dir))) {
    const path = join(dirname(dir), name);
    if (!path.startsWith(dir) && !name.includes(".")) {
      await Deno.remove(path, { recursive: true });
    }
  }
}

/** Returns, for each module of `bundle`, the modules that it imports statically, directly or not. */
export function staticImports(bundle: Bundle): Map<string, string[]> {
  const direct = new Map(Array.from(bundle, ([name, bytes]) => {
    const code = new TextDecoder().decode(bytes);
    return [
      name,
      Array.from(code.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g), (match) => match[1]!),
    ];
  }));
  return new Map([...direct.keys()].map((name) => {
    const reached = new Set(direct.get(name));
    for (const next of reached) {
      direct.get(next)?.forEach((further) => reached.add(further));
    }
    return [name, [...reached]];
  }));
}

/** Returns the path of a module of this package. */
export function ownModule(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
