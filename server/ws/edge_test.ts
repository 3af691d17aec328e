import assert from "node:assert/strict";
import { Client, type Sent } from "../testing/client.ts";
import { Hub } from "../testing/hub.ts";

const MAX_BYTES = 4096;
const text = (fields: object) => JSON.stringify({ message_type: "TEXT", text_payload: "hi", ...fields });

const BAD: { what: string; frame: Sent; code: string; names?: RegExp }[] = [
  { what: "what is not JSON", frame: "{ nope", code: "invalid_json" },
  { what: "nothing", frame: "", code: "invalid_json" },
  { what: "a number", frame: "42", code: "invalid_message" },
  { what: "a list", frame: "[]", code: "invalid_message" },
  { what: "null", frame: "null", code: "invalid_message" },
  { what: "bytes", frame: new Uint8Array([1, 2]), code: "invalid_message", names: /text frame/ },
  { what: "no message_type", frame: `{"text_payload":"hi"}`, code: "invalid_message", names: /message_type/ },
  {
    what: "a list in a list, without end",
    frame: `{"message_type":"TEXT","text_payload":"hi","a":${"[".repeat(1_000)}${"]".repeat(1_000)}}`,
    code: "invalid_message",
    names: /nested/,
  },
  {
    what: "a text that is a number",
    frame: text({ text_payload: 42 }),
    code: "invalid_message",
    names: /text_payload/,
  },
  { what: "priority 9", frame: text({ priority: 9 }), code: "invalid_message", names: /priority/ },
  {
    what: "if_offline sometimes",
    frame: text({ if_offline: "x" }),
    code: "invalid_message",
    names: /if_offline/,
  },
  {
    what: "a receiver that is a list",
    frame: text({ receiver_id: [] }),
    code: "invalid_message",
    names: /receiver_id/,
  },
  {
    what: "a receiver of another kind",
    frame: text({ receiver_id: "conv_a" }),
    code: "invalid_message",
    names: /receiver_id/,
  },
  {
    what: "an id with spaces",
    frame: text({ message_id: "a b" }),
    code: "invalid_message",
    names: /message_id/,
  },
  {
    what: "an id that is too long",
    frame: text({ conversation_id: "a".repeat(101) }),
    code: "invalid_message",
    names: /conversation_id/,
  },
  {
    what: "an unknown type",
    frame: text({ message_type: "X" }),
    code: "unsupported_type",
    names: /^Error: Unsupported message type 'X' received\.$/,
  },
  { what: "an agent's type", frame: text({ message_type: "REPLY_CHUNK" }), code: "unsupported_type" },
  { what: "a task without a type", frame: text({ message_type: "TASK_REQUEST" }), code: "invalid_message" },
  {
    what: "a second registration",
    frame: { message_type: "REGISTER_FRONTEND", frontend_name: "B" },
    code: "conflict",
  },
];

Deno.test("what no frontend should send", async (t) => {
  await using hub = await Hub.open({ env: { MAX_MESSAGE_BYTES: String(MAX_BYTES) } });
  await using ada = await hub.frontend();
  for (const { what, frame, code, names = /./ } of BAD) {
    await t.step(`${what} is answered with ${code}, and the connection stays`, async () => {
      const error = await ada.ask(frame, "ERROR");
      assert.equal(error.code, code);
      assert.match(error.text_payload, names);
      assert.equal(error.error_details, error.routing_status_message);
      await ada.ask({ message_type: "PING" }, "PONG");
    });
  }
  await t.step("another's conversation is not found, and the error names the message", async () => {
    await using eve = await hub.frontend();
    ada.send(text({ message_id: "msg_of_ada", conversation_id: "conv_of_ada" }));
    await ada.status("msg_of_ada", "pending");
    eve.send(text({ message_id: "msg_of_eve", conversation_id: "conv_of_ada" }));
    const error = await eve.answer("msg_of_eve", "ERROR");
    assert.equal(error.code, "not_found");
  });
  await t.step("what is just small enough is taken, and more closes with 1009", async () => {
    const room = MAX_BYTES - text({ text_payload: "", message_id: "msg_big" }).length;
    ada.send(text({ message_id: "msg_big", text_payload: "a".repeat(room) }));
    await ada.status("msg_big", "pending");
    ada.send(text({ text_payload: "ä".repeat(MAX_BYTES / 2) }));
    assert.equal((await ada.closed).code, 1009);
  });
});

const FIRSTS: Sent[] = [
  { message_type: "TEXT", text_payload: "hi" },
  { message_type: "REQUEST_AGENT_STATUS" },
  { message_type: "NONSENSE" },
];

Deno.test("registering", async (t) => {
  await using hub = await Hub.open();
  for (const first of FIRSTS) {
    await t.step(`${JSON.stringify(first)} first is turned away with 1008`, async () => {
      await using client = await Client.open(hub.ws);
      assert.equal((await client.ask(first, "ERROR")).code, "not_registered");
      assert.equal((await client.closed).code, 1008);
    });
  }
  await t.step("a frontend is told its id, its session and who is there", async () => {
    await using ada = await hub.frontend();
    const { registration } = ada;
    assert.match(registration.frontend_id, /^web_[0-9a-z]{8,}$/);
    assert.equal(registration.status, "success");
    assert.equal(registration.frontend_name, "Ada");
    assert.match(String(registration.server_id), /^server_/);
    assert.ok(registration.session_token);
    const update = await ada.type("AGENT_STATUS_UPDATE");
    assert.equal(update.is_full_update, true);
  });
  for (
    const [field, value] of [["frontend_name", undefined], ["frontend_name", " "], [
      "frontend_name",
      "a".repeat(201),
    ]]
  ) {
    await t.step(`${field} ${String(value).slice(0, 9)} can be made good`, async () => {
      await using client = await Client.open(hub.ws);
      const error = await client.ask({ message_type: "REGISTER_FRONTEND", frontend_name: value }, "ERROR");
      assert.equal(error.code, "invalid_message");
      assert.match(error.text_payload, /frontend_name/);
      const good = { message_type: "register_frontend", frontend_name: "Ada" };
      assert.equal((await client.ask(good, "REGISTER_FRONTEND_RESPONSE")).status, "success");
    });
  }
  await t.step("a broker is told where gRPC is, and who is there", async () => {
    await using client = await Client.open(hub.ws);
    const frame = { message_type: "REGISTER_BROKER", broker_name: "Router" };
    const answer = await client.ask(frame, "REGISTER_BROKER_RESPONSE");
    assert.match(String(answer.broker_id), /^broker_/);
    assert.equal(answer.grpc_host, "127.0.0.1");
    assert.equal(answer.grpc_port, String(hub.server.grpcPort));
    assert.equal(answer.use_grpc_for_agent_status, true);
    assert.equal((await client.type("AGENT_STATUS_UPDATE")).is_full_update, true);
    assert.equal((await client.ask({ message_type: "TEXT" }, "ERROR")).code, "unsupported_type");
  });
  await t.step("an agent's id that is in use is a conflict", async () => {
    await using owner = await hub.agent({ agent_id: "agent_owned" });
    await using thief = await Client.open(hub.ws);
    const frame = { message_type: "REGISTER_AGENT", agent_name: "Thief", agent_id: "agent_owned" };
    assert.equal((await thief.ask(frame, "ERROR")).code, "conflict");
    assert.equal(owner.registration.agent_id, "agent_owned");
  });
  await t.step("everybody is told of an agent that comes and goes, in the change alone", async () => {
    await using ada = await hub.frontend();
    const shows = (online: boolean) =>
      ada.next((frame) =>
        frame.is_full_update === false &&
        (frame.agents as { agent_id: string; is_online: boolean }[]).some((agent) =>
          agent.agent_id === "agent_passing" && agent.is_online === online
        )
      );
    {
      await using _agent = await hub.agent({ agent_id: "agent_passing" });
      await shows(true);
    }
    await shows(false);
  });
});

const CHUNK = {
  message_type: "REPLY_CHUNK",
  message_id: "msg_r",
  in_reply_to_message_id: "msg_q",
  sequence: 0,
};
const BAD_CHUNKS: Record<string, unknown>[] = [
  { message_id: "" },
  { message_id: 5 },
  { in_reply_to_message_id: "a".repeat(101) },
  { sequence: "first" },
  { sequence: -1 },
  { attempt: 1.5 },
  { text_payload: {} },
];

Deno.test("a piece of a reply that is none is refused, naming its field", async () => {
  await using hub = await Hub.open();
  await using agent = await hub.agent();
  for (const bad of BAD_CHUNKS) {
    const error = await agent.ask({ ...CHUNK, ...bad }, "ERROR");
    assert.equal(error.code, "invalid_message");
    assert.match(error.text_payload, new RegExp(Object.keys(bad)[0]!));
  }
});

Deno.test("no agent and no broker is called server", async () => {
  await using hub = await Hub.open({ hasBroker: false });
  await using client = await Client.open(hub.ws);
  const agent = { message_type: "REGISTER_AGENT", agent_name: "Ada", agent_id: "server" };
  const broker = { message_type: "REGISTER_BROKER", broker_name: "Router", broker_id: "Server" };
  assert.equal((await client.ask(agent, "ERROR")).code, "invalid_message");
  assert.equal((await client.ask(broker, "ERROR")).code, "invalid_message");
});

Deno.test("more than the rate allowed is refused, with the time to wait", async () => {
  await using hub = await Hub.open({ env: { RATE_LIMIT_PER_SECOND: "5" } });
  await using ada = await hub.frontend();
  // Far more than are allowed meanwhile, should the machine stand still.
  for (let sent = 0; sent < 50; sent++) ada.send(text({}));
  const error = await ada.next((frame) => frame.code === "rate_limited");
  assert.ok(Number(error.retry_after_ms) > 0 && Number(error.retry_after_ms) <= 200);
});

Deno.test("an agent on a socket is asked whether it is there, and shown offline when it says nothing", async () => {
  const env = { AGENT_PING_INTERVAL: "0.05", AGENT_INACTIVITY_TIMEOUT: "0.2" };
  await using hub = await Hub.open({ env });
  await using ada = await hub.frontend();
  await using agent = await hub.agent({ agent_id: "agent_silent" });
  await agent.type("PING");
  await ada.next((frame) =>
    (frame.agents as { is_online: boolean }[] | undefined)?.some(({ is_online }) => !is_online) ?? false
  );
});

Deno.test("clients are told of the end, and to come back", async () => {
  const hub = await Hub.open();
  await using ada = await hub.frontend();
  await hub[Symbol.asyncDispose]();
  await ada.type("SHUTDOWN");
  assert.equal((await ada.closed).code, 4000);
});

Deno.test("STOP_REPLY reaches the agent on its socket, for who asked alone", async () => {
  await using hub = await Hub.open();
  await using agent = await hub.agent({}, () => undefined);
  await using ada = await hub.frontend();
  await using eve = await hub.frontend();
  ada.send(text({ message_id: "msg_long" }));
  await ada.status("msg_long", "delivered");
  const stop = { message_type: "STOP_REPLY", in_reply_to_message_id: "msg_long" };
  assert.equal((await eve.ask(stop, "STOP_REPLY")).code, "not_found");
  assert.equal((await ada.ask(stop, "STOP_REPLY")).status, "success");
  assert.equal((await agent.type("STOP_REPLY")).in_reply_to_message_id, "msg_long");
});
