import { strict as assert } from "node:assert";
import { Holdings } from "./holdings.ts";

Deno.test("tasks are counted once however often they are added, and who has none is forgotten", () => {
  const holdings = new Holdings();
  holdings.add("agent_1", "task_1", 1);
  holdings.add("agent_1", "task_1", 2);
  assert.deepEqual([holdings.size, [...holdings.of("agent_1")]], [1, [["task_1", 2]]]);
  assert.equal(holdings.remove("agent_2", "task_1"), false);
  assert.equal(holdings.remove("agent_1", "task_1"), true);
  assert.deepEqual([holdings.size, holdings.agentIds], [0, []]);
});
