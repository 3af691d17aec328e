import assert from "node:assert/strict";
import { z } from "zod";
import {
  busShape,
  busUrlOf,
  choice,
  commonShape,
  ConfigError,
  flag,
  parseConfig,
  peerBusUrlOf,
  port,
  seconds,
} from "./config.ts";

const schema = z.object({
  ...commonShape,
  PORT: port(8765),
  WAIT: seconds(15),
  STRATEGY: choice(["random", "sticky"], "sticky"),
  OPEN: flag(false),
  API_KEY: z.string().max(3, "Allowed are 3 characters.").optional(),
});

Deno.test("parseConfig() gives defaults where nothing, or nothing but an empty text, was given", () => {
  const config = parseConfig(schema, { PORT: "", WAIT: undefined });
  assert.deepEqual([config.PORT, config.WAIT, config.STRATEGY, config.OPEN], [8765, 15, "sticky", false]);
});

Deno.test("parseConfig() names every fault at once: the variable, what was given, what is allowed", () => {
  const env = { PORT: "70000", WAIT: "soon", STRATEGY: "best", OPEN: "maybe" };
  assert.throws(() => parseConfig(schema, env), (error) => {
    assert.ok(error instanceof ConfigError);
    assert.match(error.message, /PORT: given was "70000"\. Allowed is a port, 1 to 65535\./);
    assert.match(error.message, /WAIT: given was "soon"/);
    assert.match(error.message, /STRATEGY: given was "best"\. Allowed is one of: random, sticky\./);
    assert.match(error.message, /OPEN: given was "maybe"/);
    return true;
  });
});

Deno.test("parseConfig() never shows the value of a secret", () => {
  assert.throws(() => parseConfig(schema, { API_KEY: "hunter2" }), (error) => {
    assert.ok(error instanceof ConfigError);
    assert.match(error.message, /API_KEY/);
    assert.doesNotMatch(error.message, /hunter2/);
    return true;
  });
});

const SQL = { AZURE_SQL_SERVER: "h", AZURE_SQL_DATABASE: "d" };
const RABBIT = "amqp://guest:guest@r:5672";
const both = (url: string): [string, string] => [url, url];

const buses: [Record<string, string>, string, string][] = [
  [{}, "sqlite:data/bus.sqlite", "hub"],
  [{ BUS_URL: "amqp://x" }, "amqp://x", "amqp://x"],
  [{ BUS_URL: "sqlite:here" }, "sqlite:here", "hub"],
  [{ RABBITMQ_HOST: "rabbit" }, "amqp://guest:guest@rabbit:5672", "amqp://guest:guest@rabbit:5672"],
  [{ RABBITMQ_HOST: "rabbit", BUS_URL: "hub" }, "hub", "hub"],
  [{ REDIS_URL: "redis://r" }, "redis://r", "redis://r"],
  [{ REDIS_URL: "redis://r", RABBITMQ_HOST: "rabbit" }, ...both("amqp://guest:guest@rabbit:5672")],
  [{ REDIS_URL: "redis://r", BUS_URL: "rediss://:a%40b@other/3" }, ...both("rediss://:a%40b@other/3")],
  [{ REDIS_URL: "redis://r", AGENT_COMMUNICATION_MODE: "mock" }, ...both("redis://r")],
  [{ AGENT_COMMUNICATION_MODE: "mock" }, "sqlite::memory:", "hub"],
  [{ AGENT_COMMUNICATION_MODE: "sql" }, "sqlite:data/bus.sqlite", "hub"],
  [{ ...SQL, AGENT_COMMUNICATION_MODE: "sql" }, "mssql://h/d", "mssql://h/d"],
  [{ ...SQL, AGENT_COMMUNICATION_MODE: "mock" }, "sqlite::memory:", "hub"],
  [SQL, "sqlite:data/bus.sqlite", "hub"],
  [{ ...SQL, AGENT_COMMUNICATION_MODE: "sql", BUS_URL: "hub" }, "hub", "hub"],
  [{ ...SQL, AGENT_COMMUNICATION_MODE: "sql", RABBITMQ_HOST: "r" }, RABBIT, RABBIT],
  [
    { BUS_URL: "Server=tcp:h,1433;Database=d;Uid=u;Pwd={p;}" },
    "mssql://u:p%3B@h:1433/d",
    "mssql://u:p%3B@h:1433/d",
  ],
];

for (const [env, server, peer] of buses) {
  Deno.test(`busUrlOf() and peerBusUrlOf() with ${JSON.stringify(env)} mean ${server} and ${peer}`, () => {
    const config = parseConfig(z.object(busShape), env);
    assert.equal(busUrlOf(config, "sqlite:data/bus.sqlite"), server);
    assert.equal(peerBusUrlOf(config), peer);
  });
}

const NO_REDIS = [
  "redis:localhost/x",
  "redis://user:pa/ss@localhost",
  "http://:secret@localhost",
  "redis://:100%@h",
  "redis://h?tls=true",
  "redis://h/0?prefix=a:&sslmode=require",
];

for (const url of NO_REDIS) {
  Deno.test(`busUrlOf() with REDIS_URL=${url} says what to do, and shows no password`, () => {
    const config = parseConfig(z.object(busShape), { REDIS_URL: url });
    assert.throws(() => busUrlOf(config, "hub"), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, /^BUS_URL or REDIS_URL: .*redis:\/\/user.*%XX/);
      assert.equal(error.cause, undefined);
      assert.doesNotMatch(error.message, /pa\/ss|secret/);
      return true;
    });
  });
}

const FAULTY = [
  { BUS_URL: "amqp://user:pa/ss@localhost" },
  { RABBITMQ_HOST: "a b" },
  { BUS_URL: "postgres://user:pa/ss@localhost" },
];

for (const env of FAULTY) {
  Deno.test(`busUrlOf() with ${JSON.stringify(env)} says what to do, and shows no password`, () => {
    const config = parseConfig(z.object(busShape), env);
    for (const urlOf of [() => busUrlOf(config, "hub"), () => peerBusUrlOf(config)]) {
      assert.throws(urlOf, (error) => {
        assert.ok(error instanceof ConfigError);
        assert.match(error.message, /^BUS_URL: .*such as (amqp|postgres):.*%XX/);
        assert.equal(error.cause, undefined);
        assert.doesNotMatch(error.message, /pa\/ss/);
        return true;
      });
    }
  });
}

Deno.test("busUrlOf() names the variable whose SQL Server is none, and shows no password", () => {
  const config = parseConfig(z.object(busShape), {
    BUS_URL: "Server=h;Database=d;Uid=u;Pwd=hunter2;Encrypt=maybe",
  });
  for (const urlOf of [() => busUrlOf(config, "hub"), () => peerBusUrlOf(config)]) {
    assert.throws(urlOf, {
      name: "ConfigError",
      message: "BUS_URL: Encrypt: allowed is one of yes, no, strict.",
    });
  }
});
