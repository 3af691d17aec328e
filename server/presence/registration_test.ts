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

Deno.test("checkRegistration() takes names of every script, and details of several lines as one", () => {
  for (const agentName of ["Ada Lovelace", "عائشة", "天野", "👩‍💻", "Zoë‏"]) {
    const details = { hostname: "\u001b[31mhost", platform: "Linux\n", version: "1\u202e\n2" };
    const { agentName: name, hostname, platform, version, attributes } = checkRegistration({
      ...ADA,
      agentName,
      ...details,
      attributes: { note: "a\r\nb" },
    });
    assert.equal(name, agentName);
    assert.deepEqual([hostname, platform, version, attributes.note], ["[31mhost", "Linux", "1 2", "a b"]);
  }
});

const attribute = (name: string, value: string) =>
  checkRegistration({ ...ADA, attributes: { [name]: value } });

Deno.test("checkRegistration() lets what is said of tasks be longer than other attributes, not all of them together", () => {
  const schema = JSON.stringify({ type: "object", title: "x".repeat(8_000) });
  assert.equal(attribute("task_schema.resize", schema).attributes["task_schema.resize"], schema);
  assert.throws(() => attribute("task_schema.resize", "x".repeat(8_193)), names("capabilities"));
  assert.throws(() => attribute("task_schema.resize", "é".repeat(4_097)), names("capabilities"));
  attribute("task_description.resize", "x".repeat(1_000));
  assert.throws(() => attribute("task_description.resize", "x".repeat(1_001)), names("capabilities"));
  assert.throws(() => attribute("note", "x".repeat(201)), names("capabilities"));
  const many = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`task_schema.t${index}`, schema]));
  const isTooLarge = (error: unknown) => error instanceof ParleyError && error.code === "too_large";
  assert.throws(() => checkRegistration({ ...ADA, attributes: many }), isTooLarge);
});

Deno.test("checkMetrics() bounds how many there are, their names, and all of them together", () => {
  const many = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`m${n}`, ""]));
  assert.throws(() => checkMetrics(many), names("metrics"));
  assert.throws(() => checkMetrics({ ["x".repeat(201)]: "" }), names("metrics"));
  const most = { a: "é".repeat(8_191) + "x" };
  assert.deepEqual(checkMetrics(most), most);
  const isTooLarge = (error: unknown) => error instanceof ParleyError && error.code === "too_large";
  assert.throws(() => checkMetrics({ ...most, b: "" }), isTooLarge);
});

Deno.test("checkMetrics() refuses what is no text, naming it and what to send", () => {
  for (const value of [5, null, true, { deep: 1 }]) {
    assert.throws(() => checkMetrics({ load: value }), names("metrics.load"));
  }
});
