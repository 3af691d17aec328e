import assert from "node:assert/strict";
import { wantedOf } from "./wanted.ts";

const AZURE = { AZURE_KEY_VAULT_URL: "https://v.example", AZURE_SQL_SERVER: "h", AZURE_SQL_USERNAME: "u" };
const SERVER = ["DATABASE_URL", "BUS_URL", "AZURE_SQL_PASSWORD"];
const BROKER = ["BUS_URL", "AZURE_SQL_PASSWORD"];
const PASSWORD = [["AZURE_SQL_PASSWORD", "keyvault://AZURE-SQL-PASSWORD"]];

const CASES: [
  what: string,
  env: Record<string, string>,
  variables: string[] | undefined,
  wanted: string[][],
][] = [
  ["nothing where nothing refers to a secret", { A: "1", BUS_URL: "hub" }, undefined, []],
  ["what any variable refers to", { A: "keyvault://a", B: "1" }, undefined, [["A", "keyvault://a"]]],
  ["only what is read", { BUS_URL: "keyvault://b", MINE: "keyvault://m" }, BROKER, [[
    "BUS_URL",
    "keyvault://b",
  ]]],
  ["a variable once that is named twice", { A: "keyvault://a" }, ["A", "A"], [["A", "keyvault://a"]]],
  ["a server's password, which goes without saying", AZURE, SERVER, PASSWORD],
  ["the password where everything is read", AZURE, undefined, PASSWORD],
  ["the password of another name", { ...AZURE, AZURE_SQL_PASSWORD: "keyvault://x" }, SERVER, [[
    "AZURE_SQL_PASSWORD",
    "keyvault://x",
  ]]],
  ["no password where it is given", { ...AZURE, AZURE_SQL_PASSWORD: "p" }, SERVER, []],
  ["no password without a user", { ...AZURE, AZURE_SQL_USERNAME: "" }, SERVER, []],
  ["no password without a vault", { ...AZURE, AZURE_KEY_VAULT_URL: "" }, SERVER, []],
  ["no password without a server", { ...AZURE, AZURE_SQL_SERVER: "" }, SERVER, []],
  ["no password where the store is another", { ...AZURE, DATABASE_URL: "sqlite:x" }, SERVER, []],
  ["no password where all is in memory", { ...AZURE, AGENT_COMMUNICATION_MODE: "mock" }, SERVER, []],
  ["no password of a broker's on the hub", AZURE, BROKER, []],
  [
    "no password of a broker's on the hub, though it is said which",
    { ...AZURE, AZURE_SQL_PASSWORD: "keyvault://x" },
    BROKER,
    [],
  ],
  [
    "a broker's password where the bus is SQL Server",
    { ...AZURE, AGENT_COMMUNICATION_MODE: "sql" },
    BROKER,
    PASSWORD,
  ],
  [
    "no password of a broker's where another bus is named",
    { ...AZURE, AGENT_COMMUNICATION_MODE: "sql", RABBITMQ_HOST: "r" },
    BROKER,
    [],
  ],
];

for (const [what, env, variables, wanted] of CASES) {
  Deno.test(`wantedOf() lists ${what}`, () => assert.deepEqual(wantedOf(env, variables), wanted));
}
