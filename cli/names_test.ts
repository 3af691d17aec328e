import assert from "node:assert/strict";
import { ParleyError } from "../shared/error.ts";
import { UsageError } from "./fault.ts";
import { find } from "./names.ts";

const agent = (agent_id: string, agent_name: string) => ({ agent_id, agent_name, status: "idle" as const });
const AGENTS = [
  agent("agent_1", "Ada"),
  agent("agent_2", "Bob"),
  agent("agent_3", "bob"),
  agent("Ada2", "C"),
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

Deno.test("find() says that nobody has a name", () => {
  assert.throws(
    () => find(AGENTS, "Eve"),
    (error) => error instanceof ParleyError && error.code === "not_found",
  );
});
