import assert from "node:assert/strict";
import { type AgentInfo, agentInfoSchema } from "../shared/model/agent.ts";
import { inOrder, updated } from "./roster.ts";

const agent = (agent_id: string, fields: Partial<AgentInfo> = {}): AgentInfo =>
  agentInfoSchema.parse({
    agent_id,
    agent_name: agent_id,
    is_online: true,
    last_seen: "1",
    status: "idle",
    ...fields,
  });
const known = updated(new Map(), { is_full_update: true, agents: [agent("a"), agent("b")] }).roster;
const ids = (agents: AgentInfo[]) => agents.map(({ agent_id }) => agent_id);

Deno.test("updated() tells of everybody at first", () => {
  assert.deepEqual(ids(updated(new Map(), { agents: [agent("a"), agent("b")] }).changes), ["a", "b"]);
});

Deno.test("updated() tells of a full update only what is other than before, and who is gone", () => {
  const seenAgain = agent("a", { last_seen: "2", metrics: { uptime_s: "9" } });
  const same = updated(known, { is_full_update: true, agents: [seenAgain, agent("b")] });
  assert.deepEqual(same.changes, []);
  const other = updated(known, {
    is_full_update: true,
    agents: [agent("a", { status: "busy" }), agent("c")],
  });
  assert.deepEqual(other.changes.map(({ agent_id, status, removed }) => [agent_id, status, removed]), [
    ["a", "busy", undefined],
    ["c", "idle", undefined],
    ["b", "offline", true],
  ]);
  assert.deepEqual([...other.roster.keys()], ["a", "c"]);
});

Deno.test("updated() keeps whom a partial update does not name, and drops who was removed", () => {
  const { roster, changes } = updated(known, {
    is_full_update: false,
    agents: [agent("b", { removed: true })],
  });
  assert.deepEqual([...roster.keys()], ["a"]);
  assert.deepEqual(ids(changes), ["b"]);
});

Deno.test("inOrder() puts who is online first, then goes by name", () => {
  const agents = [agent("a", { is_online: false }), agent("c"), agent("b")];
  assert.deepEqual(ids(inOrder(updated(new Map(), { agents }).roster)), ["b", "c", "a"]);
});
