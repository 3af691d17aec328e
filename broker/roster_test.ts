import assert from "node:assert/strict";
import { AgentInfo } from "../shared/grpc/gen/agent_status.ts";
import { AgentRoster, fromWire } from "./roster.ts";
import { absent, agent } from "./testing/agents.ts";

const ids = (roster: AgentRoster) => roster.online.map(({ agent_id }) => agent_id);

Deno.test("apply() takes a full update as the whole truth", () => {
  const roster = new AgentRoster();
  roster.apply({ agents: [agent("agent_a"), absent("agent_b")], isFull: true });
  roster.apply({ agents: [agent("agent_c")], isFull: true });
  assert.deepEqual(ids(roster), ["agent_c"]);
  assert.equal(roster.find("agent_b"), undefined);
});

Deno.test("apply() changes only who a partial update names", () => {
  const roster = new AgentRoster();
  roster.apply({ agents: [agent("agent_a"), agent("agent_b")], isFull: true });
  roster.apply({ agents: [absent("agent_a"), agent("agent_c")], isFull: false });
  assert.deepEqual(ids(roster), ["agent_b", "agent_c"]);
  assert.equal(roster.find("agent_a")?.is_online, false);
});

Deno.test("apply() forgets an agent that was removed", () => {
  const roster = new AgentRoster();
  roster.apply({ agents: [agent("agent_a")], isFull: true });
  roster.apply({ agents: [agent("agent_a", { removed: true })], isFull: false });
  assert.equal(roster.find("agent_a"), undefined);
  assert.deepEqual(ids(roster), []);
});

Deno.test("ready waits for the first update, even one that names nobody", async () => {
  const roster = new AgentRoster();
  let isReady = false;
  const ready = roster.ready.then(() => isReady = true);
  await Promise.resolve();
  assert.equal(isReady, false);
  roster.apply({ agents: [], isFull: true });
  await ready;
});

Deno.test("fromWire() reads an agent from a server that sends the first four fields alone", () => {
  const wire = { agentId: "agent_a", agentName: "Ada", isOnline: true, lastSeen: "yesterday" };
  const { status, max_concurrent_tasks, load_factor, agent_name } = fromWire(AgentInfo.fromPartial(wire));
  assert.deepEqual({ status, max_concurrent_tasks, load_factor, agent_name }, {
    status: "idle",
    max_concurrent_tasks: 1,
    load_factor: 0,
    agent_name: "Ada",
  });
});

Deno.test("fromWire() reads whatever word a peer has for its status", () => {
  const cases = [
    { status: "paused", isOnline: true, expected: "paused" },
    { status: "ACTIVE", isOnline: true, expected: "idle" },
    { status: "thinking", isOnline: true, loadFactor: 1, expected: "busy" },
    { status: "idle", isOnline: false, expected: "offline" },
  ];
  for (const { expected, ...fields } of cases) {
    assert.equal(fromWire(AgentInfo.fromPartial({ agentId: "agent_a", ...fields })).status, expected);
  }
});
