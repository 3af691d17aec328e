import { strict as assert } from "node:assert";
import { ParleyError } from "../shared/error.ts";
import { type Principal, type PrincipalKind, serverPrincipal } from "../shared/model/principal.ts";
import { type Action, createAuthorize } from "./authorize.ts";

const authorize = createAuthorize();
const who = (kind: PrincipalKind, id: string): Principal => ({ ...serverPrincipal(id), kind });
const agent = who("agent", "agent_1");
const broker = who("broker", "broker_1");
const person = who("person", "web_1");

const CASES: [Principal, Action, string, boolean][] = [
  [agent, "consume", "agent_queue_agent_1", true],
  [agent, "consume", "agent_queue_agent_2", false],
  [agent, "consume", "broker_input_queue", false],
  [agent, "publish", "broker_input_queue", true],
  [agent, "publish", "server_input_queue", false],
  [agent, "publish", "agent_queue_agent_1", false],
  [agent, "send_chunks", "agent_1", true],
  [agent, "send_chunks", "agent_2", false],
  [agent, "control_agent", "agent_1", false],
  ...(["unregister", "heartbeat", "receive_commands", "report_command"] as const).flatMap(
    (action): [Principal, Action, string, boolean][] => [
      [agent, action, "agent_1", true],
      [agent, action, "agent_2", false],
      [broker, action, "broker_1", false],
      [person, action, "web_1", false],
    ],
  ),
  [broker, "consume", "broker_input_queue", true],
  [broker, "consume", "agent_queue_agent_1", false],
  [broker, "publish", "server_input_queue", true],
  [broker, "publish", "dead_letter_queue", true],
  [broker, "publish", "broker_input_queue", false],
  [broker, "read_conversation", "conv_1", false],
  [person, "send_message", "*", true],
  [person, "control_agent", "agent_1", true],
  [person, "control_agent", "*", true],
  [person, "reset_queues", "*", true],
  [agent, "reset_queues", "*", false],
  [broker, "reset_queues", "*", false],
  [person, "command_agent", "agent_1", true],
  [person, "read_commands", "cmd_1", true],
  [agent, "command_agent", "agent_1", false],
  [agent, "read_commands", "cmd_1", false],
  [broker, "command_agent", "agent_1", false],
  [broker, "read_commands", "*", false],
  [person, "publish", "broker_input_queue", false],
  [person, "consume", "agent_queue_agent_1", false],
  [serverPrincipal("server_1"), "publish", "agent_queue_agent_1", true],
];

Deno.test("authorize() decides by the table for authentication off", () => {
  for (const [principal, action, object, allowed] of CASES) {
    const attempt = () => authorize(principal, action, object);
    if (allowed) attempt();
    else assert.throws(attempt, (error) => error instanceof ParleyError && error.code === "forbidden");
  }
});

Deno.test("authorize() names who may not do what when it refuses", () => {
  assert.throws(() => authorize(broker, "read_conversation", "conv_1"), {
    message: "The broker broker_1 may not read conversation 'conv_1'.",
  });
});
