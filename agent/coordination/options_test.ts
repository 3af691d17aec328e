import assert from "node:assert/strict";
import { ConfigError } from "../../shared/config.ts";
import { type CoordinationOptions, parseCoordinationOptions, settingsOf } from "./options.ts";

const SETTINGS: [
  string,
  CoordinationOptions,
  { busUrl: string; storeUrl?: string; server: string | undefined },
][] = [
  ["nothing", {}, { busUrl: "hub", server: "localhost:50051" }],
  ["a server", { server: "there:1" }, { busUrl: "hub", server: "there:1" }],
  ["useMock", { useMock: true }, {
    busUrl: "sqlite::memory:",
    storeUrl: "sqlite::memory:",
    server: undefined,
  }],
  ["a file", { connectionString: "sqlite:a.db" }, {
    busUrl: "sqlite:a.db",
    storeUrl: "sqlite:a.db.roster",
    server: undefined,
  }],
  ["a database", { connectionString: "postgres://h/d" }, {
    busUrl: "postgres://h/d",
    storeUrl: "postgres://h/d",
    server: undefined,
  }],
  ["RabbitMQ", { connectionString: "amqp://h" }, {
    busUrl: "amqp://h",
    storeUrl: "sqlite::memory:",
    server: undefined,
  }],
  ["RabbitMQ and a database", { connectionString: "amqp://h", databaseUrl: "postgres://h/d" }, {
    busUrl: "amqp://h",
    storeUrl: "postgres://h/d",
    server: undefined,
  }],
  ["RabbitMQ and a server", { connectionString: "amqp://h", server: "there:1" }, {
    busUrl: "amqp://h",
    server: "there:1",
  }],
];
for (const [what, options, expected] of SETTINGS) {
  Deno.test(`settingsOf understands ${what}`, () => {
    const settings = settingsOf(options);
    assert.deepEqual(settings, { ...settings, ...expected });
  });
}

Deno.test("settingsOf reads a connection string of the documents", () => {
  const { busUrl, storeUrl } = settingsOf({
    connectionString:
      "Driver={ODBC Driver 17 for SQL Server};Server=tcp:db.example,1433;Database=agents;Uid=admin;Pwd=secret;",
  });
  assert.match(busUrl, /^mssql:\/\/admin:secret@db\.example/);
  assert.equal(storeUrl, busUrl);
});

Deno.test("settingsOf refuses useMock beside another place", () => {
  assert.throws(() => settingsOf({ useMock: true, connectionString: "amqp://h" }), ConfigError);
  assert.throws(() => settingsOf({ useMock: true, server: "there:1" }), ConfigError);
});

const ENVIRONMENTS: [string, Record<string, string>, CoordinationOptions][] = [
  ["nothing", {}, { server: "localhost:50051" }],
  ["mock", { AGENT_COMMUNICATION_MODE: "mock" }, { useMock: true }],
  ["a server elsewhere", { GRPC_HOST: "there", GRPC_PORT: "1" }, { server: "there:1" }],
  ["the server's own file", { BUS_URL: "sqlite:data/bus.sqlite" }, { server: "localhost:50051" }],
  ["RabbitMQ", { RABBITMQ_HOST: "mq" }, {
    connectionString: "amqp://guest:guest@mq:5672",
    server: undefined,
  }],
  ["a database for the roster", { BUS_URL: "amqp://mq", DATABASE_URL: "postgres://h/d" }, {
    connectionString: "amqp://mq",
    databaseUrl: "postgres://h/d",
  }],
  ["times", { AGENT_HEARTBEAT_INTERVAL: "5", AGENT_DEFAULT_TIMEOUT: "60", AGENT_MAX_RETRIES: "1" }, {
    heartbeatIntervalMs: 5_000,
    silentAfterMs: 60_000,
    maxRetries: 1,
  }],
];
for (const [what, env, expected] of ENVIRONMENTS) {
  Deno.test(`parseCoordinationOptions understands ${what}`, () => {
    const options = parseCoordinationOptions(env);
    assert.deepEqual(options, { ...options, ...expected });
    assert.doesNotThrow(() => settingsOf(options));
  });
}

Deno.test("parseCoordinationOptions lists every fault", () => {
  assert.throws(
    () => parseCoordinationOptions({ AGENT_MAX_RETRIES: "many", AGENT_COMMUNICATION_MODE: "telepathy" }),
    /AGENT_MAX_RETRIES[^]*AGENT_COMMUNICATION_MODE|AGENT_COMMUNICATION_MODE[^]*AGENT_MAX_RETRIES/,
  );
});
