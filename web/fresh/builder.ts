// Finds an app's islands, routes and static files, and makes what its server needs of them.
import type { ComponentType } from "preact";
import { createHash } from "node:crypto";
import { basename, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { ListenOptions } from "./app.ts";
import { setBuildId } from "./build_id.ts";
import { type Bundle, bundle, type BundleEntry, ownModule, staticImports } from "./bundle.ts";
import { contentType } from "./content_type.ts";
import type { ResolvedFreshConfig } from "./context.ts";
import { fileMeaning, type RouteFile } from "./file_routes.ts";
import { registerIsland } from "./page.ts";
import { attachSnapshot, type Island, type ServedFile, type Snapshot } from "./snapshot.ts";

type Mode = "development" | "production";

/** Paths are relative to `root`, which is the working directory unless told. */
export interface BuildOptions {
  root?: string;
  /** Default `_fresh`. */
  outDir?: string;
  /** Default `static`. Of several, the first that has a file wins. */
  staticDir?: string | string[];
  /** Default `islands`. */
  islandDir?: string;
  /** Default `routes`. */
  routeDir?: string;
  /** The module that exports `app`. Default `main.ts`. */
  serverEntry?: string;
  /** Files to leave out; tests unless told. */
  ignore?: RegExp[];
  /** The browsers to build for. Taken for Fresh's sake: what is built here is for browsers of today. */
  target?: string | string[];
}

/** What the builder needs of an app. */
interface BuildableApp {
  config: ResolvedFreshConfig;
  listen(options?: ListenOptions): Promise<void>;
}

interface IslandModule extends BundleEntry {
  name: string;
  exports: [name: string, component: ComponentType][];
}

/**
 * Builds an app.
 *
 * @example
 * ```ts
 * const apply = await new Builder({ root: import.meta.dirname }).build({ snapshot: "memory" });
 * apply(app);
 * await app.listen({ port: 8000 });
 * ```
 */
export class Builder<_State = unknown> {
  readonly config: Required<Omit<BuildOptions, "staticDir" | "target">> & {
    staticDir: string[];
  };

  constructor(options: BuildOptions = {}) {
    const root = absolute(options.root ?? ".", Deno.cwd());
    const staticDirs = [options.staticDir ?? "static"].flat();
    this.config = {
      root,
      outDir: absolute(options.outDir ?? "_fresh", root),
      islandDir: absolute(options.islandDir ?? "islands", root),
      routeDir: absolute(options.routeDir ?? "routes", root),
      serverEntry: absolute(options.serverEntry ?? "main.ts", root),
      staticDir: staticDirs.map((dir) => absolute(dir, root)),
      ignore: options.ignore ?? [/[._]test\.[jt]sx?$/],
    };
  }

  /**
   * Builds, and returns a function that gives an app what was built. The browser's code is kept in `outDir` and made
   * anew only when its sources changed. With `snapshot: "disk"`, the default, `outDir` also gets a `server.js` for
   * `deno serve`. Throws when an island cannot be bundled or a route file makes no sense.
   */
  async build(
    options: { mode?: Mode; snapshot?: "disk" | "memory" } = {},
  ): Promise<(app: BuildableApp) => void> {
    const snapshot = await this.#snapshot();
    if ((options.snapshot ?? "disk") === "disk") await this.#writeServer();
    return (app) => {
      app.config.root = this.config.root;
      if (options.mode) app.config.mode = options.mode;
      attachSnapshot(app, snapshot);
    };
  }

  /** Serves the app that `importApp` brings, in development mode: nothing is cached. Resolves once it listens. */
  async listen(
    importApp: () => Promise<{ app: BuildableApp } | BuildableApp>,
    options: ListenOptions = {},
  ): Promise<void> {
    const apply = await this.build({ mode: "development", snapshot: "memory" });
    const imported = await importApp();
    const app = "app" in imported ? imported.app : imported;
    apply(app);
    await app.listen(options);
  }

  async #snapshot(): Promise<Snapshot> {
    const modules = await this.#islandModules();
    const files = await this.#staticFiles();
    const client = modules.length > 0 ? await this.#bundle(modules) : new Map();
    const buildId = hashOf([...files.values()].map(({ etag }) => etag), ...client.values());
    setBuildId(buildId);
    const url = (name: string) => `/_fresh/js/${buildId}/${name}`;
    for (const [name, bytes] of client) {
      files.set(url(name), servedBytes(name, bytes));
    }
    const imports = Array.from(staticImports(client), ([name, list]) => [url(name), list.map(url)] as const);
    return {
      buildId,
      files,
      islands: islandsOf(modules, url),
      bootUrl: url("boot.js"),
      imports: new Map(imports),
      routes: await this.#routes(),
    };
  }

  async #bundle(modules: IslandModule[]): Promise<Bundle> {
    const { root, outDir } = this.config;
    const entries = new Map<string, BundleEntry>(modules.map((module) => [module.name, module]));
    entries.set("boot", { file: ownModule("./boot.ts"), hasDefault: false });
    return await bundle({ root, outDir, entries });
  }

  async #islandModules(): Promise<IslandModule[]> {
    const paths = await this.#sourceFiles(this.config.islandDir);
    return await Promise.all(paths.map(async (path) => {
      const file = join(this.config.islandDir, path);
      const module: Record<string, unknown> = await import(pathToFileURL(file).href);
      const exports = Object.entries(module).filter(isComponent);
      const name = "island-" +
        path.replace(/\.\w+$/, "").replaceAll(/\W+/g, "_");
      return { file, name, exports, hasDefault: "default" in module };
    }));
  }

  async #routes(): Promise<RouteFile[]> {
    const paths = await this.#sourceFiles(this.config.routeDir);
    const routes = paths.filter((path) => !/(^|\/)\(_[^/]*\)\//.test(path));
    return await Promise.all(routes.map(async (path) => {
      const meaning = fileMeaning(path);
      return {
        ...meaning,
        path,
        module: await import(pathToFileURL(join(this.config.routeDir, path)).href),
      };
    }));
  }

  async #staticFiles(): Promise<Map<string, ServedFile>> {
    const files = new Map<string, ServedFile>();
    for (const dir of this.config.staticDir) {
      for (const path of await filesIn(dir)) {
        if (!files.has("/" + path)) {
          files.set("/" + path, await servedFile(join(dir, path)));
        }
      }
    }
    return files;
  }

  async #sourceFiles(dir: string): Promise<string[]> {
    const paths = await filesIn(dir);
    return paths.filter((path) =>
      /\.[jt]sx?$/.test(path) &&
      !this.config.ignore.some((pattern) => pattern.test(path))
    );
  }

  async #writeServer(): Promise<void> {
    const { outDir, serverEntry, ...config } = this.config;
    const dirs = JSON.stringify({ ...config, outDir, ignore: undefined });
    const entry = JSON.stringify("./" + relative(outDir, serverEntry).replaceAll("\\", "/"));
    await Deno.mkdir(outDir, { recursive: true });
    await Deno.writeTextFile(
      join(outDir, "server.js"),
      `// Made by the build: serves the app with "deno serve".
import { Builder } from "fresh/dev";
import { app } from ${entry};
const apply = await new Builder(${dirs}).build({ snapshot: "memory" });
apply(app);
export default { fetch: app.handler() };
`,
    );
  }
}

function absolute(path: string, root: string): string {
  return path.startsWith("file:") ? fileURLToPath(path) : resolve(root, path);
}

function isComponent(entry: [string, unknown]): entry is [string, ComponentType] {
  return typeof entry[1] === "function" &&
    (entry[0] === "default" || /^[A-Z]/.test(entry[0]));
}

function islandsOf(modules: IslandModule[], url: (name: string) => string): Map<ComponentType, Island> {
  const islands = new Map<ComponentType, Island>();
  for (const { file, name, exports } of modules) {
    for (const [exportName, fn] of exports) {
      const shown = exportName === "default" ? basename(file).replace(/\.\w+$/, "") : exportName;
      islands.set(fn, { name: shown, exportName, fn, url: url(`${name}.js`) });
      registerIsland(fn);
    }
  }
  return islands;
}

/** Lists the files below `dir` as paths with `/`, in order; hidden ones but `.well-known` are left out. */
async function filesIn(dir: string): Promise<string[]> {
  const found: string[] = [];
  const walk = async (below: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(join(dir, below))) {
      if (name.startsWith(".") && name !== ".well-known") continue;
      if (isDirectory) await walk(`${below}${name}/`);
      else found.push(below + name);
    }
  };
  await walk("").catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  return found.sort();
}

async function servedFile(path: string): Promise<ServedFile> {
  const etag = hashOf([], await Deno.readFile(path));
  return {
    contentType: contentType(path),
    etag,
    immutable: false,
    read: () => Deno.readFile(path),
  };
}

function servedBytes(name: string, bytes: Uint8Array<ArrayBuffer>): ServedFile {
  const read = () => Promise.resolve(bytes);
  return {
    contentType: contentType(name),
    etag: hashOf([], bytes),
    immutable: true,
    read,
  };
}

function hashOf(texts: string[], ...contents: Uint8Array[]): string {
  const hash = createHash("sha256").update(texts.join());
  for (const content of contents) hash.update(content);
  return hash.digest("hex").slice(0, 16);
}
