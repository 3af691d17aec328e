/** Every route and every frame is decided on: what `authorize()` refuses is refused at the edge. */
import assert from "node:assert/strict";
import { ParleyError } from "../shared/error.ts";
import { CONTROL_TYPES } from "../shared/model/message.ts";
import { type Authorize, createAuthorize } from "./authorize.ts";
import { AGENT_ACTIONS } from "./control/agent_control.ts";
import { Client, type Frame } from "./testing/client.ts";
import { Hub } from "./testing/hub.ts";

/** Has the default table, and refuses the one thing that a test wants refused, written "kind action object". */
function createRefusing(): { authorize: Authorize; refused: { what: string } } {
  const refused = { what: "" };
  const table = createAuthorize();
  const authorize: Authorize = (principal, action, object) => {
    if (`${principal.kind} ${action} ${object}` === refused.what) {
      throw new ParleyError("forbidden", "Not this one.");
    }
    table(principal, action, object);
  };
  return { authorize, refused };
}

const ROUTES: [route: string, refused: string, body?: object][] = [
  ["GET /api/stats", "server read_queues *"],
  ["GET /api/stats/series", "server read_queues *"],
  ["GET /api/errors", "server read_queues *"],
  ["GET /api/queues", "server read_queues *"],
  ["POST /api/queues/reset", "server reset_queues *"],
  ["GET /api/dead-letters", "server read_queues *"],
  ["GET /api/dead-letters/msg_1", "server read_queues *"],
  ["DELETE /api/dead-letters/msg_1", "server reset_queues msg_1"],
  ["POST /api/dead-letters/msg_1/replay", "server reset_queues msg_1"],
  ["GET /api/agents", "server read_roster *"],
  ["GET /api/agents/agent_1", "server read_roster agent_1"],
  ["GET /api/agents/agent_1/history", "server read_roster agent_1"],
  ["GET /api/brokers/broker_1/history", "server read_roster broker_1"],
  ...AGENT_ACTIONS.flatMap((action): [string, string][] => [
    [`POST /api/agents/agent_1/${action}`, "server control_agent agent_1"],
    [`POST /api/agents/${action}`, "server control_agent *"],
  ]),
  ["GET /api/brokers", "server read_roster *"],
  ["GET /api/messages?agent=agent_1", "server read_conversation *"],
  ["POST /api/messages", "person send_message *", { text_payload: "hi" }],
  ["POST /api/messages", "person send_message agent_1", { text_payload: "hi", receiver_id: "agent_1" }],
  ["GET /api/conversations", "server read_conversation *"],
  ["GET /api/conversations/conv_1", "server read_conversation conv_1"],
  ["GET /api/conversations/conv_1/messages", "server read_conversation conv_1"],
  ["PATCH /api/conversations/conv_1", "server read_conversation conv_1", { title: "New" }],
  ["PATCH /api/conversations/conv_1", "server change_conversation conv_1", { title: "New" }],
  ["DELETE /api/conversations/conv_1", "server read_conversation conv_1"],
  ["DELETE /api/conversations/conv_1", "server change_conversation conv_1"],
  ["GET /api/agents/agent_1/commands", "server read_commands agent_1"],
  ["POST /api/agents/agent_1/commands", "person command_agent agent_1", { content: "df" }],
  ["GET /api/commands", "server read_commands *"],
  ["GET /api/commands/cmd_1", "server read_commands cmd_1"],
  ...["cancel", "approve", "deny"].flatMap((what): [string, string][] => [
    [`POST /api/commands/cmd_1/${what}`, "server read_commands cmd_1"],
    [`POST /api/commands/cmd_1/${what}`, "server command_agent agent_1"],
  ]),
  ["GET /api/command-events", "server read_commands *"],
  ["GET /api/command-events?agent=agent_1", "server read_commands agent_1"],
  ["POST /api/tasks", "person submit_task *", { task_type: "carve" }],
  ["GET /api/tasks", "person read_tasks *"],
  ["GET /api/tasks/task_1", "person read_tasks task_1"],
  ["GET /api/task-events", "person read_tasks *"],
  ["GET /api/task-types", "server read_roster *"],
  ...["cancel", "retry"].flatMap((what): [string, string][] => [
    [`POST /api/tasks/task_1/${what}`, "person read_tasks task_1"],
    [`POST /api/tasks/task_1/${what}`, "person change_task task_1"],
  ]),
];

/** A "new" client sends the frame as its first. */
const FRAMES: [
  client: "new" | "person" | "agent" | "broker",
  type: string,
  refused: string,
  more?: object,
][] = [
  ["new", "REGISTER_FRONTEND", "person register *", { frontend_name: "Eve" }],
  ["new", "REGISTER_FRONTEND", "person read_roster *", { frontend_name: "Eve" }],
  ["new", "REGISTER_AGENT", "agent register *", { agent_name: "Eve" }],
  ["new", "REGISTER_AGENT", "agent register agent_2", { agent_name: "Eve", agent_id: "agent_2" }],
  ["new", "REGISTER_AGENT", "agent consume agent_queue_agent_2", { agent_name: "Eve", agent_id: "agent_2" }],
  ["new", "REGISTER_AGENT", "agent receive_commands agent_2", { agent_name: "Eve", agent_id: "agent_2" }],
  ["new", "REGISTER_BROKER", "broker register *", { broker_name: "Eve" }],
  ["new", "REGISTER_BROKER", "broker register broker_2", { broker_name: "Eve", broker_id: "broker_2" }],
  ["new", "REGISTER_BROKER", "broker read_roster *", { broker_name: "Eve" }],
  ["person", "REQUEST_AGENT_STATUS", "person read_roster *"],
  ["agent", "REQUEST_AGENT_STATUS", "agent read_roster *"],
  ["broker", "REQUEST_AGENT_STATUS", "broker read_roster *"],
  ["person", "TEXT", "person send_message *", { text_payload: "hi" }],
  ["agent", "TEXT", "agent send_message agent_9", { text_payload: "hi", receiver_id: "agent_9" }],
  ["agent", "HEARTBEAT", "agent heartbeat agent_1"],
  ["agent", "STATUS_UPDATE", "agent heartbeat agent_1"],
  ["agent", "COMMAND_RESULT", "agent report_command agent_1", { command_id: "cmd_1", success: true }],
  ["agent", "COMMAND_REPORT", "agent report_command agent_1", { command_id: "cmd_1", started: {} }],
  ["person", "SUBSCRIBE_COMMANDS", "person read_commands *"],
  ["person", "SUBSCRIBE_COMMANDS", "person read_commands agent_1", { agent_id: "agent_1" }],
  ["person", "SUBSCRIBE_COMMANDS", "person read_commands cmd_1", { command_id: "cmd_1" }],
  ...["person", "agent"].flatMap((who): typeof FRAMES => [
    [who as "person", "TASK_REQUEST", `${who} submit_task *`, { task_type: "carve" }],
    [who as "person", "SUBSCRIBE_TASKS", `${who} read_tasks *`],
    [who as "person", "SUBSCRIBE_TASKS", `${who} read_tasks task_1`, { task_id: "task_1" }],
  ]),
  ["person", "CANCEL_TASK", "person read_tasks task_1", { task_id: "task_1" }],
  ["person", "RETRY_TASK", "person change_task task_2", { task_id: "task_2" }],
  ["agent", "TASK_RESPONSE", "agent work_on_tasks agent_1", { task_id: "task_1", status: "completed" }],
  ["agent", "REPLY_CHUNK", "agent send_chunks agent_1", {
    message_id: "msg_r",
    in_reply_to_message_id: "msg_long",
  }],
  ...AGENT_ACTIONS.map((action) => action.toUpperCase()).flatMap((action): typeof FRAMES => [
    ["person", `${action}_AGENT`, "person control_agent agent_1", { agent_id: "agent_1" }],
    ["person", `${action}_ALL_AGENTS`, "person control_agent *"],
  ]),
  ["person", "RESET_ALL_QUEUES", "person reset_queues *"],
  ["person", "STOP_REPLY", "person control_agent agent_1", { in_reply_to_message_id: "msg_long" }],
];

Deno.test("what authorize() refuses is refused over HTTP and /ws", async (t) => {
  const { authorize, refused } = createRefusing();
  await using hub = await Hub.open({ authorize });
  await using agent = await hub.agent({ agent_id: "agent_1" }, () => undefined);
  await using person = await hub.frontend();
  await using broker = await Client.open(hub.ws);
  await broker.ask({ message_type: "REGISTER_BROKER", broker_name: "Router" }, "REGISTER_BROKER_RESPONSE");
  const first = { message_type: "TEXT", message_id: "msg_long", conversation_id: "conv_1" };
  person.send({ ...first, text_payload: "Write a book." });
  await person.status("msg_long", "delivered");
  await ask(hub, "POST /api/agents/agent_1/commands", { content: "df", command_id: "cmd_1" });
  await ask(hub, "POST /api/tasks", { task_type: "carve", task_id: "task_1" });
  await person.ask({ message_type: "TASK_REQUEST", task_type: "carve", task_id: "task_2" }, "TASK_UPDATE");
  const clients = { agent, person, broker };

  for (const [route, what, body] of ROUTES) {
    await t.step(`${route} without ${what}`, async () => {
      refused.what = what;
      const { status, code } = await ask(hub, route, body);
      assert.deepEqual([status, code], [403, "forbidden"]);
    });
  }
  for (const [who, message_type, what, more] of FRAMES) {
    await t.step(`${message_type} of a ${who} without ${what}`, async () => {
      refused.what = what;
      await using opened = who === "new" ? await Client.open(hub.ws) : undefined;
      const client = opened ?? clients[who as keyof typeof clients];
      assert.equal((await client.ask({ message_type, ...more }, refusalOf(message_type))).code, "forbidden");
    });
  }
  await t.step("every route of the interface is in the table", async () => {
    const asked = new Set(
      ROUTES.map(([route]) =>
        route.replace(/\?.*/, "").replace(/(agent|cmd|conv|msg|broker|task)_1/, "{id}")
      ),
    );
    assert.deepEqual(await routesOf(hub), [...asked].sort());
  });
});

async function ask(hub: Hub, route: string, body?: object): Promise<{ status: number; code?: string }> {
  const [method, path] = route.split(" ");
  const json = { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(`${hub.http}${path}`, { method, ...(body ? json : {}) });
  const text = await response.text();
  return { status: response.status, code: text ? JSON.parse(text).code : undefined };
}

/** A control frame is answered by its own type. */
function refusalOf(type: string): Frame["message_type"] {
  return isControl(type) ? type : "ERROR";
}

function isControl(type: string): boolean {
  return (CONTROL_TYPES as readonly string[]).includes(type) || /^(CANCEL|RETRY)_TASK$/.test(type);
}

async function routesOf(hub: Hub): Promise<string[]> {
  const { paths } = await (await fetch(`${hub.http}/openapi.json`)).json();
  const routes = Object.entries<object>(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`)
  );
  return routes.filter((route) => route.includes(" /api/")).sort();
}
