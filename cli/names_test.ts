import assert from "node:assert/strict";
import { ParleyError } from "../shared/error.ts";
import { UsageError } from "./fault.ts";
import { find, namesOf } from "./names.ts";

const agent = (agent_id: string, agent_name: string, status: "idle" | "offline" = "idle") => ({
  agent_id,
  agent_name,
  status,
});
const AGENTS = [
  agent("agent_1", "Ada"),
  agent("agent_2", "Bob"),
  agent("agent_3", "bob"),
  agent("Ada2", "C"),
  agent("agent_4", "Dora", "offline"),
  agent("agent_5", "Dora"),
  agent("agent_6", "Eli", "offline"),
  agent("agent_7", "Eli", "offline"),
];

const FOUND: [string, string][] = [
  ["agent_1", "agent_1"],
  ["Ada", "agent_1"],
  ["ADA ", "agent_1"],
  ["Ada2", "Ada2"],
  ["agent_2", "agent_2"],
  ["agent_gone", "agent_gone"],
];

for (const [given, id] of FOUND) {
  Deno.test(`find() takes '${given}' for ${id}`, () => assert.equal(find(AGENTS, given), id));
}

Deno.test("find() says which ids have a name that several have", () => {
  assert.throws(() => find(AGENTS, "Bob"), (error) => {
    assert.ok(error instanceof UsageError);
    assert.match(error.message, /agent_2.*\n.*agent_3/);
    return true;
  });
});

Deno.test("find() takes the one of a name that is online only for who prefers it", () => {
  const said: string[] = [];
  const options = { onPreferred: (sentence: string) => void said.push(sentence) };
  assert.equal(find(AGENTS, "Dora", options), "agent_5");
  assert.deepEqual(said, ["Of 2 agents with the name 'Dora' this is agent_5, which is online."]);
  assert.equal(find(AGENTS, "Ada", options), "agent_1");
  assert.throws(() => find(AGENTS, "Dora"), UsageError);
  for (const name of ["Bob", "Eli"]) assert.throws(() => find(AGENTS, name, options), UsageError);
  assert.equal(said.length, 1);
});

Deno.test("find() says that nobody has a name", () => {
  assert.throws(
    () => find(AGENTS, "Eve"),
    (error) => error instanceof ParleyError && error.code === "not_found",
  );
});

Deno.test("namesOf() gives names by id, and the id of who is not known", () => {
  const nameOf = namesOf(AGENTS);
  assert.deepEqual([nameOf("agent_1"), nameOf("agent_gone")], ["Ada", "agent_gone"]);
});
