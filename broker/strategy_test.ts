import assert from "node:assert/strict";
import fc from "../shared/testing/property.ts";
import type { Message } from "../shared/model/message.ts";
import { createStrategy, readiest, STRATEGIES } from "./strategy.ts";
import { agent } from "./testing/agents.ts";

const message: Message = { message_type: "TEXT" };
const three = [agent("agent_a"), agent("agent_b"), agent("agent_c")];

Deno.test("random takes the agent that the number points at", () => {
  const cases: [number, string][] = [[0, "agent_a"], [0.34, "agent_b"], [0.999, "agent_c"]];
  for (const [number, expected] of cases) {
    assert.equal(createStrategy("random", () => number)(three, message).agent_id, expected);
  }
});

Deno.test("round-robin gives everyone a turn and begins again", () => {
  const choose = createStrategy("round-robin");
  const chosen = Array.from({ length: 4 }, () => choose(three, message).agent_id);
  assert.deepEqual(chosen, ["agent_a", "agent_b", "agent_c", "agent_a"]);
});

Deno.test("round-robin keeps its place when an agent leaves and another comes", () => {
  const choose = createStrategy("round-robin");
  choose(three, message);
  choose(three, message);
  const changed = [agent("agent_d"), agent("agent_a"), agent("agent_c")];
  assert.deepEqual(
    Array.from({ length: 3 }, () => choose(changed, message).agent_id),
    ["agent_c", "agent_d", "agent_a"],
  );
});

Deno.test("least-loaded takes the agent with the lowest load", () => {
  const choose = createStrategy("least-loaded");
  const busy = agent("agent_a", { load_factor: 0.9 });
  const full = agent("agent_b", { current_tasks: 4, max_concurrent_tasks: 4 });
  const free = agent("agent_c", { current_tasks: 1, max_concurrent_tasks: 4 });
  assert.equal(choose([busy, full, free], message).agent_id, "agent_c");
});

Deno.test("least-loaded spreads a burst over equals before anyone has said what it carries", () => {
  const choose = createStrategy("least-loaded");
  const chosen = Array.from({ length: 9 }, () => choose(three, message).agent_id);
  for (const { agent_id } of three) assert.equal(chosen.filter((id) => id === agent_id).length, 3);
});

Deno.test("least-loaded gives more to who can carry more", () => {
  const choose = createStrategy("least-loaded");
  const agents = [agent("agent_a"), agent("agent_b", { max_concurrent_tasks: 3 })];
  const chosen = Array.from({ length: 8 }, () => choose(agents, message).agent_id);
  assert.equal(chosen.filter((id) => id === "agent_b").length, 6);
});

Deno.test("least-loaded forgets what it gave once the agent has spoken again", () => {
  const choose = createStrategy("least-loaded");
  const [a, b] = [agent("agent_a"), agent("agent_b", { load_factor: 0.5 })];
  assert.equal(choose([a, b], message).agent_id, "agent_a");
  assert.equal(choose([a, b], message).agent_id, "agent_b");
  assert.equal(choose([agent("agent_a"), b], message).agent_id, "agent_a");
});

Deno.test("sticky keeps to the agent that answered last", () => {
  const choose = createStrategy("sticky");
  for (let i = 0; i < 5; i++) {
    assert.equal(choose(three, { ...message, _last_agent_id: "agent_b" }).agent_id, "agent_b");
  }
});

Deno.test("sticky takes the least loaded when the last agent cannot be chosen", () => {
  const choose = createStrategy("sticky");
  const agents = [agent("agent_a", { load_factor: 1 }), agent("agent_b")];
  assert.equal(choose(agents, { ...message, _last_agent_id: "agent_gone" }).agent_id, "agent_b");
});

Deno.test("readiest() leaves out paused agents and those in error while others are there", () => {
  const idle = agent("agent_idle");
  const busy = agent("agent_busy", { status: "busy" });
  const broken = agent("agent_broken", { status: "error" });
  const paused = agent("agent_paused", { status: "paused" });
  const cases = [
    { given: [paused, idle, broken, busy], expected: [idle, busy] },
    { given: [paused, broken], expected: [broken] },
    { given: [paused], expected: [paused] },
    { given: [], expected: [] },
  ];
  for (const { given, expected } of cases) assert.deepEqual(readiest(given), expected);
});

Deno.test("every strategy chooses one of the candidates, whatever their load", () => {
  const candidates = fc.uniqueArray(
    fc.record({
      id: fc.string({ minLength: 1 }),
      load_factor: fc.double({ min: 0, max: 10, noNaN: true }),
      current_tasks: fc.nat(20),
      max_concurrent_tasks: fc.integer({ min: 1, max: 20 }),
    }).map(({ id, ...load }) => agent(id, load)),
    { minLength: 1, selector: ({ agent_id }) => agent_id },
  );
  for (const name of STRATEGIES) {
    const choose = createStrategy(name);
    fc.assert(fc.property(candidates, (agents) => agents.includes(choose(agents, message))));
  }
});
