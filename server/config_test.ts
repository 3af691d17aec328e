import assert from "node:assert/strict";
import { ConfigError } from "../shared/config.ts";
import { dialledAt, parseServerConfig, resourcesOf } from "./config.ts";

const INTERVALS: [string, Record<string, string>, number][] = [
  ["the default", {}, 10],
  ["what is set", { AGENT_PING_INTERVAL: "3" }, 3],
  ["the default, below a longer timeout", { AGENT_INACTIVITY_TIMEOUT: "60" }, 10],
  ["a third of a timeout that alone is set lower", { AGENT_INACTIVITY_TIMEOUT: "6" }, 2],
  ["a third also where nothing but an empty text is set", {
    AGENT_INACTIVITY_TIMEOUT: "6",
    AGENT_PING_INTERVAL: "",
  }, 2],
];

for (const [what, env, interval] of INTERVALS) {
  Deno.test(`agents are pinged every ${interval} s: ${what}`, () => {
    assert.equal(parseServerConfig(env).AGENT_PING_INTERVAL, interval);
  });
}

Deno.test("agents that would have to answer before they are pinged are refused, with both variables named", () => {
  for (const [interval, timeout] of [["5", "5"], ["20", "15"]] as const) {
    const env = { AGENT_PING_INTERVAL: interval, AGENT_INACTIVITY_TIMEOUT: timeout };
    assert.throws(() => parseServerConfig(env), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, /AGENT_PING_INTERVAL.*AGENT_INACTIVITY_TIMEOUT/);
      return true;
    });
  }
});

const ORIGINS: [string, string[]][] = [
  ["", []],
  ["https://parley.example", ["https://parley.example"]],
  ["https://parley.example/, http://10.0.0.5:8000,", ["https://parley.example", "http://10.0.0.5:8000"]],
  ["HTTPS://Parley.Example:443", ["https://parley.example"]],
  ["http://[::1]:8000", ["http://[::1]:8000"]],
];

for (const [given, allowed] of ORIGINS) {
  Deno.test(`ALLOWED_ORIGINS "${given}" allows ${allowed.join(" and ") || "none"}`, () => {
    assert.deepEqual(parseServerConfig({ ALLOWED_ORIGINS: given }).ALLOWED_ORIGINS, allowed);
  });
}

const NO_ORIGINS = [
  "foo",
  "*",
  "https://*.example",
  "ftp://a",
  "http://a/page",
  "http://a?b",
  "http://u@a",
  "http:a",
];

for (const entry of [...NO_ORIGINS, "http://a:99999", "http://"]) {
  Deno.test(`ALLOWED_ORIGINS is refused with "${entry}" in it, which is named`, () => {
    const env = { ALLOWED_ORIGINS: `https://parley.example,${entry}` };
    assert.throws(() => parseServerConfig(env), (error) => {
      assert.ok(error instanceof ConfigError);
      const [said, ...more] = error.message.split("\n").slice(1);
      assert.match(said!, /^ {2}ALLOWED_ORIGINS: given was "https:.*Allowed are origins such as https:/);
      assert.ok(said!.endsWith(`"${entry}" is none.`));
      assert.deepEqual(more, []);
      return true;
    });
  });
}

Deno.test("an address that must not be bound is told together with every other fault", () => {
  const env = {
    PORT: "abc",
    HOST: "0.0.0.0",
    PARLEY_ALLOW_INSECURE: "perhaps",
    ALLOWED_ORIGINS: "foo",
    AGENT_PING_INTERVAL: "20",
    MAX_MESSAGE_BYTES: "1",
  };
  assert.throws(() => parseServerConfig(env), (error) => {
    assert.ok(error instanceof ConfigError);
    const told = error.message.split("\n").slice(1);
    assert.deepEqual(told.map((line) => line.trim().split(":")[0]).sort(), Object.keys(env).sort());
    const host = told.find((line) => line.startsWith("  HOST"));
    assert.match(
      host!,
      /given was "0\.0\.0\.0"\. It can be reached from other machines.*PARLEY_ALLOW_INSECURE=1/,
    );
    return true;
  });
});

Deno.test("an address beyond this machine may be bound where PARLEY_ALLOW_INSECURE says so", () => {
  assert.equal(parseServerConfig({ HOST: "0.0.0.0", PARLEY_ALLOW_INSECURE: "1" }).HOST, "0.0.0.0");
});

const DIALLED: [Record<string, string>, { host: string; port: number }][] = [
  [{}, { host: "localhost", port: 8765 }],
  [{ HOST: "127.0.0.1", PORT: "9000" }, { host: "localhost", port: 9000 }],
  [{ WEBSOCKET_HOST: "hub", WEBSOCKET_PORT: "9001", PORT: "9000" }, { host: "hub", port: 9001 }],
  [{ WEBSOCKET_HOST: "::1" }, { host: "::1", port: 8765 }],
  [{ WEBSOCKET_HOST: "[::1]" }, { host: "::1", port: 8765 }],
  [{ WEBSOCKET_URL: "wss://parley.example/ws" }, { host: "parley.example", port: 443 }],
];

Deno.test("a host that is none is refused by its name", () => {
  for (const host of ["a b", "a/b", "http://a", "a:b"]) {
    assert.throws(() => parseServerConfig({ WEBSOCKET_HOST: host }), /WEBSOCKET_HOST: given was/);
  }
});

for (const [env, address] of DIALLED) {
  Deno.test(`what is handed out with ${JSON.stringify(env)} is ${address.host}:${address.port}`, () => {
    assert.deepEqual(dialledAt(parseServerConfig(env)), address);
  });
}

const AZURE = { AZURE_SQL_SERVER: "h", AZURE_SQL_DATABASE: "d" };

const STORES: [Record<string, string>, string][] = [
  [{}, "sqlite:data/store.sqlite"],
  [{ DATABASE_URL: "postgres://h/d" }, "postgres://h/d"],
  [{ AGENT_COMMUNICATION_MODE: "mock" }, "sqlite::memory:"],
  [{ AGENT_COMMUNICATION_MODE: "mock", RABBITMQ_HOST: "r" }, "sqlite:data/store.sqlite"],
  [{ AGENT_COMMUNICATION_MODE: "sql" }, "sqlite:data/store.sqlite"],
  [AZURE, "mssql://h/d"],
  [{ ...AZURE, AGENT_COMMUNICATION_MODE: "sql" }, "mssql://h/d"],
  [{ ...AZURE, AGENT_COMMUNICATION_MODE: "mock" }, "sqlite::memory:"],
  [{ ...AZURE, DATABASE_URL: "sqlite:x" }, "sqlite:x"],
  [
    { DATABASE_URL: "Server=h;Database=d;Uid=u;Pwd={p;}", AGENT_COMMUNICATION_MODE: "mock" },
    "mssql://u:p%3B@h/d",
  ],
];

for (const [env, url] of STORES) {
  Deno.test(`the store with ${JSON.stringify(env)} is ${url}`, () => {
    assert.equal(resourcesOf(parseServerConfig(env)).storeUrl, url);
  });
}

Deno.test("the variable whose SQL Server is none is named, without its password", () => {
  const config = parseServerConfig({ DATABASE_URL: "Server=h;Uid=u;Pwd=hunter2" });
  assert.throws(() => resourcesOf(config), {
    name: "ConfigError",
    message: "DATABASE_URL: It names no database, as in Database=parley.",
  });
});
