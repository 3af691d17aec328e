import assert from "node:assert/strict";
import { faultOf, importsOf } from "./check_imports.ts";

const value = (specifier: string) => ({ specifier, typeOnly: false });

const CASES: [string, string, boolean][] = [
  ["shared/model/message.ts", "zod", true],
  ["shared/model/message.ts", "kysely", false],
  ["shared/model/message.ts", "../bus/bus.ts", false],
  ["shared/bus/bus.ts", "../model/message.ts", true],
  ["shared/bus/bus.ts", "./sqlite.ts", false],
  ["shared/bus/open.ts", "./amqp.ts", true],
  ["shared/bus/retry.ts", "../../server/main.ts", false],
  ["shared/bus/retry.ts", "./amqp.ts", false],
  ["shared/bus/sqlite_claims.ts", "./sqlite.ts", true],
  ["shared/bus/sql_mssql.ts", "../mssql/connection.ts", true],
  ["shared/store/open.ts", "../mssql/connection.ts", true],
  ["shared/store/mssql_connections.ts", "tedious", true],
  ["shared/store/postgres_pool.ts", "pg", true],
  ["shared/store/postgres_pool.ts", "tedious", false],
  ["shared/store/sql/tasks.ts", "pg", false],
  ["shared/mssql/connection.ts", "tedious", true],
  ["shared/mssql/connection.ts", "@azure/identity", false],
  ["shared/mssql/variables.ts", "../config.ts", false],
  ["shared/secret/key_vault.ts", "@azure/identity", true],
  ["shared/secret/key_vault.ts", "tedious", false],
  ["shared/secret/resolve.ts", "../config.ts", false],
  ["server/delivery.ts", "../shared/bus/bus.ts", true],
  ["server/delivery.ts", "../shared/bus/amqp.ts", false],
  ["server/delivery.ts", "../broker/router.ts", false],
  ["server/main.ts", "npm:zod@4", false],
  ["broker/main.ts", "../agent/mod.ts", false],
  ["agent/mod.ts", "../shared/model/message.ts", true],
  ["cli/names.ts", "../shared/model/agent.ts", true],
  ["cli/commands/send.ts", "../../shared/store/store.ts", false],
  ["cli/commands/send.ts", "../../server/roster.ts", false],
  ["cli/commands/send.ts", "../../agent/mod.ts", false],
  ["cli/commands/send.ts", "hono", false],
  ["cli/commands/send_test.ts", "../../server/testing/hub.ts", true],
  ["cli/main.ts", "../deno.json", true],
  ["web/routes/index.tsx", "../../shared/model/agent.ts", true],
  ["web/routes/index.tsx", "../../server/roster.ts", false],
  ["broker/main.ts", "../deno.json", true],
  ["broker/router.ts", "../deno.json", false],
  ["web/islands/Chat.tsx", "../../shared/model/agent.ts", false],
  ["web/fresh/app.ts", "../routes/index.tsx", false],
  ["examples/01_echo.ts", "../agent/mod.ts", true],
  ["examples/01_echo.ts", "../shared/model/message.ts", false],
];

for (const [file, specifier, allowed] of CASES) {
  Deno.test(`faultOf() ${allowed ? "lets" : "does not let"} ${file} import ${specifier}`, () => {
    assert.equal(faultOf(file, value(specifier)) === undefined, allowed);
  });
}

Deno.test("faultOf() lets an island take types from shared/model", () => {
  const found = { specifier: "../../shared/model/agent.ts", typeOnly: true };
  assert.equal(faultOf("web/islands/Chat.tsx", found), undefined);
});

Deno.test("importsOf() finds static, type, side-effect, re-exported and dynamic imports, over several lines", () => {
  const text = `import { a } from "./a.ts";\nimport type { B } from "./b.ts";\nimport "./c.ts";\n` +
    `export * from "./d.ts";\nconst e = await import("./e.ts");\nimport {\n  f,\n} from "./f.ts";\n`;
  const found = importsOf(text).map(({ specifier, typeOnly }) => `${specifier} ${typeOnly}`);
  assert.deepEqual(found, [
    "./a.ts false",
    "./b.ts true",
    "./c.ts false",
    "./d.ts false",
    "./e.ts false",
    "./f.ts false",
  ]);
});
