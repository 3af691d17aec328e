/** Holds every import against the dependency rule: who may use whom, in one table. */

/** One rule: files under `from` may import only what matches `allow` (paths from the root) besides their own kind. */
interface Rule {
  from: RegExp;
  /** Paths within the repository that may be imported. */
  allow: RegExp;
  /** Packages that may be imported; undefined: any. */
  packages?: RegExp;
  why: string;
}

const TEST = /(_test\.tsx?$|\/testing\/|conformance)/;

/** The first rule that matches a file decides. */
const RULES: Rule[] = [
  {
    from: /^shared\/(model\/|error\.ts)/,
    allow: /^shared\/(model\/|error\.ts)/,
    packages: /^zod$/,
    why: "models and the error class use zod only",
  },
  {
    from: /^shared\/(bus\/bus|store\/([a-z]+_)?store)\.ts$/,
    allow: /^shared\/(model\/|error\.ts|store\/([a-z]+_)?store\.ts)/,
    packages: /^$/,
    why: "a port uses models only",
  },
  {
    from: /^shared\/mssql\//,
    allow: /^shared\/(mssql\/|config_error\.ts)/,
    packages: /^tedious$/,
    why: "what is said about SQL Server is read without anything but the driver's types",
  },
  {
    from: /^shared\/secret\//,
    allow: /^shared\/(secret\/|config_error\.ts|pause\.ts)/,
    packages: /^@azure\/(identity|keyvault-secrets)$/,
    why: "secrets are read before anything else is there, with the vault's client alone",
  },
  {
    from: /^shared\/bus\/hub/,
    allow: /^shared\/(bus\/|grpc\/|model\/|error\.ts|log\.ts|pause\.ts)/,
    packages: /^(@grpc\/grpc-js|node:.*)$/,
    why: "the hub backend uses its port and shared/grpc",
  },
  {
    from: /^shared\/bus\/redis/,
    allow: /^shared\/(bus\/|model\/|error\.ts|log\.ts|config\.ts|pause\.ts)/,
    packages: /^(ioredis|node:.*)$/,
    why: "the Redis backend uses its port and one driver",
  },
  {
    from: /^shared\/bus\/sql_postgres/,
    allow: /^shared\/(bus\/|model\/|error\.ts|config\.ts|postgres_files\.ts)/,
    packages: /^(pg|node:.*)$/,
    why: "the bus in PostgreSQL uses its port and one driver",
  },
  {
    from: /^shared\/bus\/sql_mssql/,
    allow: /^shared\/(bus\/|mssql\/|model\/|error\.ts)/,
    packages: /^(tedious|node:.*)$/,
    why: "the bus in SQL Server uses its port and one driver",
  },
  {
    from: /^shared\/bus\//,
    allow:
      /^shared\/(bus\/|model\/|mssql\/|error\.ts|log\.ts|config\.ts|pause\.ts|wal_sync\.ts|write_together\.ts)/,
    packages: /^(amqplib|node:.*)$/,
    why: "a bus backend uses its port and one driver",
  },
  {
    from: /^shared\/store\/postgres/,
    allow: /^shared\/(store\/|error\.ts|config\.ts|postgres_files\.ts)/,
    packages: /^(kysely|pg)$/,
    why: "the store on PostgreSQL uses its port and pg",
  },
  {
    from: /^shared\/store\/mssql/,
    allow: /^shared\/(store\/|error\.ts)/,
    packages: /^(kysely|tedious|tarn)$/,
    why: "the store on SQL Server uses its port, tedious and its pool",
  },
  {
    from: /^shared\/store\//,
    allow:
      /^shared\/(store\/|model\/|mssql\/|error\.ts|log\.ts|config\.ts|pause\.ts|wal_sync\.ts|write_together\.ts)/,
    packages: /^(kysely(\/migration)?|node:.*)$/,
    why: "a store backend uses its port and one driver",
  },
  {
    from: /^shared\/audit\//,
    allow: /^shared\/(audit\/|model\/|error\.ts|log\.ts|pause\.ts)/,
    packages: /^$/,
    why: "file logging uses no package",
  },
  { from: /^shared\//, allow: /^shared\//, why: "shared uses no process" },
  {
    from: /^server\//,
    allow: /^(server|shared|protos)\//,
    why: "the server uses shared, never another process",
  },
  { from: /^broker\//, allow: /^(broker|shared)\//, why: "the broker uses shared, never another process" },
  { from: /^agent\//, allow: /^(agent|shared)\//, why: "an agent uses shared, never another process" },
  {
    from: /^cli\//,
    allow: /^(cli|shared\/(model\/|error\.ts|config\.ts|environment\.ts|log\.ts|pause\.ts|shutdown\.ts))/,
    packages: /^(commander|zod|node:.*)$/,
    why: "the command line uses shared/model and the wire",
  },
  {
    from: /^web\/fresh\//,
    allow: /^web\/fresh\//,
    packages: /^(preact.*|@preact\/signals.*|node:.*|fresh.*)$/,
    why: "the stand-in for Fresh knows nothing of Parley",
  },
  {
    from: /^web\//,
    allow:
      /^(web\/(?!fresh\/)|shared\/(model\/|error\.ts|config\.ts|environment\.ts|log\.ts|shutdown\.ts|pause\.ts))/,
    why: "the dashboard uses shared/model and the wire",
  },
  {
    from: /^examples\//,
    allow: /^(agent\/mod\.ts|examples\/)/,
    why: "an example uses the agent library only",
  },
];

/** Only `open.ts` (and tests) may name a backend. */
const BACKEND =
  /^shared\/(bus\/(sqlite|amqp|hub|redis|sql|sql_postgres|sql_mssql)|store\/(sqlite|postgres|mssql))\.ts$/;

/** An import found in a file: what it names, and whether types alone are taken. */
export interface Import {
  specifier: string;
  typeOnly: boolean;
}

const STATEMENT =
  /^\s*(import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?["']([^"']+)["']|import\(\s*["']([^"']+)["']\s*\)/gm;

/** Lists the imports of a source text. */
export function importsOf(text: string): Import[] {
  return [...text.matchAll(STATEMENT)].map((match) => ({
    specifier: (match[3] ?? match[4])!,
    typeOnly: match[2] !== undefined,
  }));
}

/** Tells why `file` (a path from the root) may not have this import, or undefined when it may. */
export function faultOf(file: string, { specifier, typeOnly }: Import): string | undefined {
  const rule = RULES.find(({ from }) => from.test(file));
  if (!rule || TEST.test(file)) return undefined;
  if (!specifier.startsWith(".")) return packageFault(rule, specifier);
  const target = resolve(file, specifier);
  if (target === "deno.json" && /\/main\.ts$/.test(file)) return undefined; // its version
  if (!rule.allow.test(target)) return rule.why;
  if (/^web\/islands\//.test(file) && target.startsWith("shared/") && !typeOnly) {
    return "an island takes types only from shared/model (import type): zod is too large for a browser";
  }
  if (BACKEND.test(target) && !/\/open\.ts$/.test(file) && !sameFamily(file, target)) {
    return "only open.ts names a backend";
  }
}

function packageFault(rule: Rule, specifier: string): string | undefined {
  if (/^(npm|jsr|https?):/.test(specifier)) return "packages are named by the bare name in deno.json";
  return rule.packages && !rule.packages.test(specifier) ? rule.why : undefined;
}

/** A backend may be split over several files with its name in front: `sqlite.ts` and `sqlite_claims.ts`. */
function sameFamily(file: string, target: string): boolean {
  return file.startsWith(target.replace(/\.ts$/, ""));
}

function resolve(file: string, specifier: string): string {
  return new URL(specifier, `file:///${file}`).pathname.slice(1);
}

const ROOTS = ["shared", "server", "broker", "agent", "cli", "web", "examples"];
const SKIPPED = /^(web\/_fresh|shared\/grpc\/gen|web\/static)/;

async function* sourceFiles(directory: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(directory)) {
    const path = `${directory}/${entry.name}`;
    if (SKIPPED.test(path) || entry.name === "node_modules") continue;
    if (entry.isDirectory) yield* sourceFiles(path);
    else if (/\.tsx?$/.test(entry.name)) yield path;
  }
}

/** Checks the whole repository in the working directory; gives one line a fault. */
async function checkImports(): Promise<string[]> {
  const faults: string[] = [];
  for (const root of ROOTS) {
    for await (const file of sourceFiles(root)) {
      for (const found of importsOf(await Deno.readTextFile(file))) {
        const fault = faultOf(file, found);
        if (fault) faults.push(`${file}: may not import "${found.specifier}": ${fault}.`);
      }
    }
  }
  return faults;
}

if (import.meta.main) {
  const faults = await checkImports();
  for (const fault of faults) console.error(fault);
  Deno.exit(faults.length === 0 ? 0 : 1);
}
