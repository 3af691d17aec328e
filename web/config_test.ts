import { expect } from "expect";
import { ConfigError } from "../shared/config.ts";
import { parseWebConfig } from "./config.ts";

Deno.test("parseWebConfig() finds the server by WEBSOCKET_URL, then host and port, then the server's own PORT", () => {
  const cases: [Record<string, string>, string, string][] = [
    [{}, "ws://localhost:8765/ws", "http://localhost:8765/"],
    [{ PORT: "9000" }, "ws://localhost:9000/ws", "http://localhost:9000/"],
    [{ PORT: "9000", WEBSOCKET_PORT: "9001" }, "ws://localhost:9001/ws", "http://localhost:9001/"],
    [{ WEBSOCKET_HOST: "hub", PORT: "9000" }, "ws://hub:9000/ws", "http://hub:9000/"],
    [{ WEBSOCKET_URL: "ws://hub:1" }, "ws://hub:1/ws", "http://hub:1/"],
    [{ WEBSOCKET_URL: "wss://hub/parley/ws" }, "wss://hub/parley/ws", "https://hub/parley/"],
  ];
  for (const [env, socket, api] of cases) {
    const { socketUrl, apiUrl } = parseWebConfig(env);
    expect([socketUrl.href, apiUrl.href]).toEqual([socket, api]);
  }
});

Deno.test("parseWebConfig() names every variable at fault", () => {
  const env = { WEB_PORT: "x", WEBSOCKET_PORT: "70000", WEBSOCKET_URL: "http://a" };
  expect(() => parseWebConfig(env)).toThrow(ConfigError);
  for (const name of Object.keys(env)) expect(() => parseWebConfig(env)).toThrow(name);
});

Deno.test("parseWebConfig() refuses to be reachable by others unless that is allowed", () => {
  expect(() => parseWebConfig({ WEB_HOST: "0.0.0.0" })).toThrow("PARLEY_ALLOW_INSECURE=1");
  expect(parseWebConfig({ WEB_HOST: "0.0.0.0", PARLEY_ALLOW_INSECURE: "1" }).WEB_HOST).toBe("0.0.0.0");
});
