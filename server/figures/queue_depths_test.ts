import assert from "node:assert/strict";
import { depthsOf } from "./queue_depths.ts";

Deno.test("depthsOf() gives each queue, and those of all agents together", () => {
  const queues = [
    { queue: "broker_input_queue", ready: 3 },
    { queue: "agent_queue_agent_1", ready: 2 },
    { queue: "agent_queue_agent_2", ready: 5 },
    { queue: "agent_metadata_queue", ready: 0 },
    { queue: "__proto__", ready: 1 },
  ];
  assert.deepEqual(Object.entries(depthsOf(queues)), [
    ["broker_input_queue", 3],
    ["agent_queue_*", 7],
    ["agent_metadata_queue", 0],
    ["__proto__", 1],
  ]);
  assert.deepEqual(depthsOf([]), {});
});
