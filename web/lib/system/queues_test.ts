import { expect } from "expect";
import { agentOf, grouped, pageOfQueue } from "./queues.ts";

const queue = (queue: string, ready = 0) => ({ queue, ready, in_flight: 1, consumers: 1 });

Deno.test("grouped() sets agents' queues apart, the fullest first, and adds them up", () => {
  const { shared, agents, agentsTogether } = grouped([
    queue("agent_queue_a", 1),
    queue("server_input_queue"),
    queue("agent_queue_b", 5),
    queue("broker_input_queue", 3),
  ]);
  expect(shared.map(({ queue }) => queue)).toEqual(["broker_input_queue", "server_input_queue"]);
  expect(agents.map(({ queue }) => queue)).toEqual(["agent_queue_b", "agent_queue_a"]);
  expect(agentsTogether).toEqual({ queue: "agent_queue_*", ready: 6, in_flight: 2, consumers: 2 });
  expect(grouped([queue("x")]).agentsTogether).toBeUndefined();
});

Deno.test("a queue leads to the agent or the task that it is about", () => {
  expect(agentOf("agent_queue_agent_ada")).toBe("agent_ada");
  expect(agentOf("agent_queue_")).toBeUndefined();
  expect(pageOfQueue("tasks", "task/1")).toBe("/tasks/task%2F1");
  expect(pageOfQueue("agent_queue_a b", "msg_1")).toBe("/agents/a%20b");
  expect(pageOfQueue("broker_input_queue", "msg_1")).toBeUndefined();
});
