/**
 * Joins the modules that `deno bundle --code-splitting` writes into one file. Left to itself the bundler puts all of
 * them side by side, and the engine takes up thousands of functions of libraries that are hardly ever used before the
 * first line runs. Here each module is one function: those of the start are called in order, the others when they are
 * imported, and until then the engine passes over them as a whole.
 */

/** What a module of the bundler takes from another: `import { name as local }`, or with `*` and `default`. */
interface Import {
  specifier: string;
  names: { name: string; local: string }[];
}

interface Module {
  name: string;
  imports: Import[];
  exports: { name: string; local: string }[];
  body: string;
}

const IMPORT = /^import\s+(?:([^"';]+?)\s+from\s+)?"([^"]+)";$/gm;
const EXPORT = /^export \{([^}]*)\};$/gm;
const DYNAMIC_IMPORT = /\bimport\("(\.\/[^"]+)"\)/g;

/** Where the modules that were evaluated are found, by the names they had as files. */
const LOADED = "__modules";
const LOAD = "__load";

/**
 * Joins `files` (file name → text) so that running the result is running `main`. Throws when one of them has a form
 * that this would change the meaning of: modules in a circle, or an export that is assigned anew.
 */
export function joinModules(files: ReadonlyMap<string, string>, main: string): string {
  const modules = new Map(Array.from(files, ([name, text]) => [name, parseModule(name, text)]));
  const first = inOrder(modules, main);
  const builtins = new Builtins();
  const started = first.map((name) => startedAtOnce(modules.get(name)!, builtins));
  const others = [...modules.values()].filter(({ name }) => !first.includes(name)).map(startedLater);
  return [...builtins.statements(), prelude(others), ...started, ""].join("\n");
}

/** Takes a module of the bundler apart. */
export function parseModule(name: string, text: string): Module {
  const imports = [...text.matchAll(IMPORT)].map(([, clause = "", specifier]) => ({
    specifier: specifier!,
    names: namesOf(clause),
  }));
  const exports = [...text.matchAll(EXPORT)].flatMap(([, list]) => pairsOf(list!, "exported"));
  for (const { local } of exports) refuseReassigned(name, local, text);
  const body = text.replace(IMPORT, "").replace(EXPORT, "").replace(DYNAMIC_IMPORT, `${LOAD}("$1")`);
  return { name, imports, exports, body: body.trim() };
}

function namesOf(clause: string): { name: string; local: string }[] {
  const [, alone, braced = ""] = /^([^{]*?),?\s*(?:\{([^}]*)\})?$/.exec(clause.trim())!;
  const listed = pairsOf(braced, "imported");
  if (!alone) return listed;
  const all = /^\* as (\S+)$/.exec(alone);
  return [all ? { name: "*", local: all[1]! } : { name: "default", local: alone }, ...listed];
}

/** Reads `a as b, c`: in an import `a` is the other module's name, in an export it is the own one. */
function pairsOf(list: string, kind: "imported" | "exported"): { name: string; local: string }[] {
  return list.split(",").map((part) => part.trim()).filter(Boolean).map((part) => {
    const [one, other = one] = part.split(/\s+as\s+/) as [string, string?];
    return kind === "imported" ? { name: one, local: other } : { name: other, local: one };
  });
}

/** Who imports gets an export's value once. That is right as long as it has only one. */
function refuseReassigned(module: string, local: string, text: string): void {
  const name = local.replaceAll("$", "\\$");
  if (!new RegExp(`^(var|let) ${name}\\b`, "m").test(text)) return;
  const assigned = new RegExp(
    `^\\s*${name}\\s*(=[^=>]|\\+=|-=|\\?\\?=|\\|\\|=)|(?<![\\w.$])${name}(\\+\\+|--)`,
    "m",
  );
  if (assigned.test(text)) throw new Error(`${module} assigns '${local}' anew, which it exports.`);
}

/** Lists what `main` needs before it, each after what it needs itself, and `main`. */
function inOrder(modules: ReadonlyMap<string, Module>, main: string): string[] {
  const done: string[] = [];
  const visit = (name: string, path: readonly string[]) => {
    if (done.includes(name)) return;
    if (path.includes(name)) throw new Error(`${[...path, name].join(" → ")} import each other in a circle.`);
    const module = modules.get(name);
    if (!module) throw new Error(`${path.at(-1)} imports ${name}, which is not there.`);
    for (const { specifier } of module.imports) if (isOwn(specifier)) visit(specifier, [...path, name]);
    done.push(name);
  };
  visit(main, []);
  return done;
}

function isOwn(specifier: string): boolean {
  return specifier.startsWith("./");
}

/** Deno's own modules that the start needs: imported once each, whatever they are called where. */
class Builtins {
  readonly #locals = new Map<string, string>();

  local(specifier: string): string {
    const known = this.#locals.get(specifier) ?? `__builtin${this.#locals.size}`;
    this.#locals.set(specifier, known);
    return known;
  }

  statements(): string[] {
    return Array.from(this.#locals, ([specifier, local]) => `import * as ${local} from "${specifier}";`);
  }
}

function startedAtOnce({ name, imports, exports, body }: Module, builtins: Builtins): string {
  const taken = imports.map(({ specifier, names }) =>
    take(names, isOwn(specifier) ? `${LOADED}["${specifier}"]` : builtins.local(specifier))
  );
  return `${LOADED}["${name}"] = (function () {\n${[...taken, body, give(exports)].join("\n")}\n})();`;
}

function startedLater({ name, imports, exports, body }: Module): string {
  const taken = imports.map(({ specifier, names }) =>
    take(names, isOwn(specifier) ? `await ${LOAD}("${specifier}")` : `await import("${specifier}")`)
  );
  return `"${name}": async function () {\n${[...taken, body, give(exports)].join("\n")}\n},`;
}

function take(names: Import["names"], from: string): string {
  const all = names.find(({ name }) => name === "*");
  const listed = names.filter(({ name }) => name !== "*").map(({ name, local }) => `${name}: ${local}`);
  if (all) return `const ${all.local} = ${from};`;
  return listed.length > 0 ? `const { ${listed.join(", ")} } = ${from};` : `${from};`;
}

function give(exports: Module["exports"]): string {
  return `return { ${exports.map(({ name, local }) => `get ${name}() { return ${local}; }`).join(", ")} };`;
}

function prelude(others: string[]): string {
  return `const ${LOADED} = {};
const __loading = {};
const __others = {
${others.join("\n")}
};
function ${LOAD}(name) {
  if (name in ${LOADED}) return Promise.resolve(${LOADED}[name]);
  return __loading[name] ??= __others[name]();
}`;
}
