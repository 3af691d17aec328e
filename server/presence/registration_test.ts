import { strict as assert } from "node:assert";
import { ParleyError } from "../../shared/error.ts";
import { type AgentRegistration, checkMetrics, checkRegistration } from "./registration.ts";

const ADA: AgentRegistration = { agentName: "Ada", connectionType: "grpc", delivery: "queue" };
const names = (field: string) => (error: unknown) =>
  error instanceof ParleyError && error.code === "invalid_message" && error.message.includes(`'${field}'`);

Deno.test("checkRegistration() refuses what misleads who reads a name, naming the field", () => {
  for (const mark of ["\n", "\u001b[31m", "\u0000", "\u007f", "\u0085", "\u2028", "\u202e", "\u2066"]) {
    const bad = `A${mark}da`;
    assert.throws(() => checkRegistration({ ...ADA, agentName: bad }), names("agent_name"));
    assert.throws(() => checkRegistration({ ...ADA, agentRole: bad }), names("agent_role"));
    assert.throws(() => checkRegistration({ ...ADA, capabilities: [bad] }), names("capabilities"));
  }
});

Deno.test("checkRegistration() takes names of every script, and details of several lines", () => {
  for (const agentName of ["Ada Lovelace", "عائشة", "天野", "👩‍💻", "Zoë‏"]) {
    assert.equal(checkRegistration({ ...ADA, agentName, platform: "a\nb" }).agentName, agentName);
  }
});

Deno.test("checkMetrics() bounds how many there are and their names, and cuts their values", () => {
  const long = "x".repeat(201);
  const many = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`m${n}`, ""]));
  assert.throws(() => checkMetrics(many), names("metrics"));
  assert.throws(() => checkMetrics({ [long]: "" }), names("metrics"));
  assert.deepEqual(checkMetrics({ internal_state: long, a: "b" }), { internal_state: long.slice(1), a: "b" });
});
