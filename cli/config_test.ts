import assert from "node:assert/strict";
import { parseCliConfig } from "./config.ts";
import { UsageError } from "./fault.ts";

type Case = [
  what: string,
  server: string | undefined,
  env: Record<string, string>,
  api: string,
  socket: string,
];

const CASES: Case[] = [
  ["nothing", undefined, {}, "http://localhost:8765", "ws://localhost:8765/ws"],
  ["HOST:PORT", "hub.lan:80", {}, "http://hub.lan", "ws://hub.lan/ws"],
  ["a URL", "https://hub.lan/", {}, "https://hub.lan", "wss://hub.lan/ws"],
  ["a path", "https://hub.lan/parley", {}, "https://hub.lan/parley", "wss://hub.lan/parley/ws"],
  ["a WebSocket's URL", "ws://hub.lan:1/ws", {}, "http://hub.lan:1", "ws://hub.lan:1/ws"],
  ["an IPv6 address", "[::1]:9", {}, "http://[::1]:9", "ws://[::1]:9/ws"],
  ["PARLEY_API_URL", undefined, { PARLEY_API_URL: "http://a:1/" }, "http://a:1", "ws://a:1/ws"],
  ["WEBSOCKET_URL", undefined, { WEBSOCKET_URL: "wss://b:2" }, "https://b:2", "wss://b:2/ws"],
  [
    "both variables",
    undefined,
    { PARLEY_API_URL: "http://a:1", WEBSOCKET_URL: "ws://b:2/ws" },
    "http://a:1",
    "ws://b:2/ws",
  ],
  ["--server before the variables", "c:3", { WEBSOCKET_URL: "ws://b:2/ws" }, "http://c:3", "ws://c:3/ws"],
  ["PORT", undefined, { PORT: "9000" }, "http://localhost:9000", "ws://localhost:9000/ws"],
  [
    "WEBSOCKET_HOST and WEBSOCKET_PORT",
    undefined,
    { PORT: "9000", WEBSOCKET_HOST: "d", WEBSOCKET_PORT: "9001" },
    "http://d:9001",
    "ws://d:9001/ws",
  ],
  [
    "a WEBSOCKET_HOST of IPv6",
    undefined,
    { WEBSOCKET_HOST: "::1", PORT: "9" },
    "http://[::1]:9",
    "ws://[::1]:9/ws",
  ],
];

for (const WEBSOCKET_HOST of ["a b", "a/b"]) {
  Deno.test(`parseCliConfig() refuses '${WEBSOCKET_HOST}' as WEBSOCKET_HOST by its name`, () => {
    assert.throws(() => parseCliConfig({}, { WEBSOCKET_HOST }), /WEBSOCKET_HOST.*host's name/s);
  });
}

for (const [what, server, env, apiUrl, socketUrl] of CASES) {
  Deno.test(`parseCliConfig() finds the server by ${what}`, () => {
    assert.deepEqual(parseCliConfig({ server }, env), { apiUrl, socketUrl, token: undefined });
  });
}

Deno.test("parseCliConfig() takes the token of the command line before that of the environment", () => {
  assert.equal(parseCliConfig({}, { PARLEY_TOKEN: "one" }).token, "one");
  assert.equal(parseCliConfig({ token: "two" }, { PARLEY_TOKEN: "one" }).token, "two");
});

for (const server of ["", "ftp://a", "http://", "a b"]) {
  Deno.test(`parseCliConfig() refuses '${server}' as a server`, () => {
    assert.throws(() => parseCliConfig({ server }, {}), UsageError);
  });
}

Deno.test("parseCliConfig() names the variable that is no address", () => {
  assert.throws(() => parseCliConfig({}, { PARLEY_API_URL: "hub" }), /PARLEY_API_URL.*http:/s);
});
