import assert from "node:assert/strict";
import { splitCapabilities, toAgentStatus } from "./agent.ts";

const WORDS: [string, number, string][] = [
  ["idle", 1, "idle"],
  ["BUSY", 0, "busy"],
  ["paused", 0, "paused"],
  ["error", 0, "error"],
  ["active", 1, "idle"],
  ["online", 1, "idle"],
  ["", 0, "idle"],
  ["thinking", 0.4, "idle"],
  ["thinking", 1, "busy"],
];

for (const [word, load, status] of WORDS) {
  Deno.test(`toAgentStatus() reads "${word}" at load ${load} as ${status}`, () => {
    assert.equal(toAgentStatus(word, load), status);
  });
}

Deno.test("splitCapabilities() takes a key with an empty or true value as a capability, other pairs as attributes", () => {
  assert.deepEqual(splitCapabilities({ python: "", tests: "True", chat: " true ", gpu: "2", region: "eu" }), {
    capabilities: ["python", "tests", "chat"],
    attributes: { gpu: "2", region: "eu" },
  });
});
