/** What is loaded only when it is used: a process that does without it starts faster and takes less memory. */
import assert from "node:assert/strict";

const root = new URL("../../", import.meta.url).href;

interface Graph {
  modules: { specifier: string; dependencies?: Dependency[] }[];
}

interface Dependency {
  specifier: string;
  code?: { specifier: string };
  isDynamic?: boolean;
}

/** Lists what `main` loads as it starts: files from the root, and packages by their names. */
async function loadedBy(main: string): Promise<Set<string>> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", root + main] })
    .output();
  const graph: Graph = JSON.parse(new TextDecoder().decode(stdout));
  const modules = new Map(graph.modules.map((module) => [module.specifier, module]));
  const seen = new Set([root + main]);
  for (const specifier of seen) {
    const dependencies = modules.get(specifier)?.dependencies ?? [];
    for (const { code, isDynamic } of dependencies) if (code && !isDynamic) seen.add(code.specifier);
  }
  return new Set(
    [...seen].map((specifier) => specifier.replace(root, "").replace(/^npm:\/?((@[^/]+\/)?[^@/]+).*/, "$1")),
  );
}

const SQL = ["pg", "shared/bus/sql.ts", "shared/bus/sql_postgres.ts", "shared/bus/sql_mssql.ts"];
const AZURE = ["@azure/identity", "@azure/keyvault-secrets", "tedious", "shared/secret/key_vault.ts"];

const NETWORKED = ["amqplib", "shared/bus/amqp.ts", "ioredis", "shared/bus/redis.ts"];

const NOT_AT_START: Record<string, string[]> = {
  "agent/main.ts": [
    ...SQL,
    ...AZURE,
    "agent/task/json_schema.ts",
    "agent/chat/echo_task.ts",
    "openai",
    "@mistralai/mistralai",
    "amqplib",
    "ioredis",
    "shared/bus/sqlite.ts",
  ],
  "server/main.ts": [...SQL, ...AZURE, ...NETWORKED, "shared/store/sqlite.ts"],
  "broker/main.ts": [...SQL, ...AZURE, ...NETWORKED],
  "cli/main.ts": [...AZURE, "zod", "cli/socket.ts", "cli/format/table.ts"],
};

for (const [main, absent] of Object.entries(NOT_AT_START)) {
  Deno.test(`${main} loads nothing at its start that it may never need`, async () => {
    const loaded = await loadedBy(main);
    const known = main === "cli/main.ts" ? "commander" : "@logtape/logtape";
    assert.ok(loaded.has("shared/error.ts") && loaded.has(known), [...loaded].join("\n"));
    assert.deepEqual(absent.filter((name) => loaded.has(name)), []);
  });
}
