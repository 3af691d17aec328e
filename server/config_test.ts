import assert from "node:assert/strict";
import { ConfigError } from "../shared/config.ts";
import { parseServerConfig } from "./config.ts";

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
