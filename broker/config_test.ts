import assert from "node:assert/strict";
import { ConfigError } from "../shared/config.ts";
import { parseBrokerConfig, parseCommandLine } from "./config.ts";

Deno.test("parseBrokerConfig() needs nothing", () => {
  const config = parseBrokerConfig({});
  assert.equal(config.GRPC_HOST, "localhost");
  assert.equal(config.GRPC_PORT, 50051);
  assert.equal(config.ROUTING_STRATEGY, "least-loaded");
  assert.equal(config.ROUTING_IF_OFFLINE, "error");
  assert.equal(config.BROKER_REGISTRATION, "grpc");
  assert.equal(config.AGENT_MAX_RETRIES, 3);
});

Deno.test("parseBrokerConfig() lists every fault with what was given and what is allowed", () => {
  const env = {
    GRPC_PORT: "99999",
    ROUTING_STRATEGY: "best",
    BROKER_ID: "agent_1",
    WEBSOCKET_URL: "http://x",
  };
  assert.throws(() => parseBrokerConfig(env), (error: Error) => {
    assert.ok(error instanceof ConfigError);
    assert.match(error.message, /GRPC_PORT: given was "99999"\. Allowed is a port/);
    assert.match(
      error.message,
      /ROUTING_STRATEGY: given was "best"\. Allowed is one of: random, round-robin/,
    );
    assert.match(error.message, /BROKER_ID: given was "agent_1"/);
    assert.match(error.message, /WEBSOCKET_URL: .*ws:\/\//);
    return true;
  });
});

Deno.test("parseCommandLine() turns options into the variables they stand for", () => {
  const args = ["--name", "North", "--id=broker_north", "--strategy", "sticky", "--register", "websocket"];
  assert.deepEqual(parseCommandLine(args, "1.0.0"), {
    kind: "run",
    variables: {
      BROKER_NAME: "North",
      BROKER_ID: "broker_north",
      ROUTING_STRATEGY: "sticky",
      BROKER_REGISTRATION: "websocket",
    },
  });
});

Deno.test("parseCommandLine() shows help and version", () => {
  assert.deepEqual(parseCommandLine(["--version"], "1.2.3"), { kind: "show", text: "1.2.3\n" });
  const help = parseCommandLine(["--help"], "1.2.3");
  assert.equal(help.kind, "show");
  for (const option of ["--name", "--id", "--strategy", "--register", "--help", "--version"]) {
    assert.ok((help as { text: string }).text.includes(option), option);
  }
});

Deno.test("parseCommandLine() names what it does not understand", () => {
  assert.throws(() => parseCommandLine(["--nmae", "x"], "1"), /--nmae/);
  assert.throws(
    () => parseCommandLine(["--strategy", "best"], "1"),
    /Allowed choices are random, round-robin/,
  );
  assert.throws(() => parseCommandLine(["extra"], "1"), ConfigError);
});
