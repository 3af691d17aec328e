/** Pausing, resuming, taking off and letting back, over both edges, of agents on sockets and on gRPC. */
import { status } from "@grpc/grpc-js";
import assert from "node:assert/strict";
import { openBus } from "../../shared/bus/open.ts";
import { withRetry } from "../../shared/bus/retry.ts";
import { agentQueue } from "../../shared/model/queue.ts";
import { openStore } from "../../shared/store/open.ts";
import { TestPeer } from "../grpc/testing/peer.ts";
import { Client, type Frame } from "../testing/client.ts";
import { Hub, replyTo } from "../testing/hub.ts";

const TEXT = { message_type: "TEXT", conversation_id: "conv_1" };
const THREE = ["msg_first1", "msg_second", "msg_third1"];

async function post(hub: Hub, path: string) {
  const response = await fetch(`${hub.http}${path}`, { method: "POST" });
  return { status: response.status, ...await response.json() };
}

/** Asks `agentId` three things, and waits until each waits because it is paused. */
async function askThree(client: Client): Promise<void> {
  for (const id of THREE) client.send({ ...TEXT, message_id: id, text_payload: id });
  for (const id of THREE) {
    assert.match(String((await client.status(id, "routed")).routing_status_message), /is paused/);
  }
}

Deno.test("a paused agent on a socket gets no new messages, and works them off in order once resumed", async () => {
  await using hub = await Hub.open();
  await using agent = await hub.listener({ agent_id: "agent_1" });
  await using ada = await hub.frontend();
  const pause = { message_type: "PAUSE_AGENT", agent_id: "agent_1", request_id: "r1" };
  const answer = await ada.ask(pause, "PAUSE_AGENT");
  assert.deepEqual(
    [answer.status, answer.request_id, answer.agent_id, answer.changed],
    ["success", "r1", "agent_1", true],
  );
  assert.match(answer.text_payload, /is paused/);
  assert.equal((await agent.type("PAUSE_AGENT")).agent_id, "agent_1");
  await ada.next(showsStatus("agent_1", "paused"));
  await askThree(ada);
  assert.deepEqual(agent.heard, []);
  const resumed = await ada.ask({ message_type: "RESUME_AGENT", agent_id: "agent_1" }, "RESUME_AGENT");
  assert.deepEqual([resumed.status, resumed.changed], ["success", true]);
  await agent.type("RESUME_AGENT");
  for (const id of THREE) await ada.answer(id);
  assert.deepEqual(agent.heard, THREE);
});

Deno.test("a paused agent on gRPC is told by its command stream, also when it opens it anew", async () => {
  await using hub = await Hub.open();
  using peer = new TestPeer(`127.0.0.1:${hub.server.grpcPort}`);
  await using ada = await hub.frontend();
  const { id, sessionKey } = await peer.register({ agentId: "agent_1" });
  hub.chosen = id;
  await using commands = peer.commands(id, sessionKey);
  await commands.opened;
  const { status, changed, agent_id } = await post(hub, "/api/agents/agent_1/pause");
  assert.deepEqual([status, changed, agent_id], [200, true, "agent_1"]);
  assert.equal((await commands.next()).type, "pause");
  await askThree(ada);
  await using again = peer.commands(id, sessionKey);
  assert.equal((await again.next()).type, "pause");
  assert.equal((await hub.bus.pull(agentQueue(id), { limit: 1 })).length, 0);
  const heard: string[] = [];
  await using _reader = await hub.bus.consume(agentQueue(id), async ({ envelope }) => {
    const asked: Frame = JSON.parse(String(envelope.body));
    heard.push(asked.message_id);
    await hub.publish({ ...replyTo(asked, "done"), sender_id: id });
  });
  assert.equal((await post(hub, "/api/agents/agent_1/resume")).changed, true);
  assert.equal((await again.next()).type, "resume");
  for (const each of THREE) await ada.answer(each);
  assert.deepEqual(heard, THREE);
});

Deno.test("what an agent has when it is paused may still be answered", async () => {
  await using hub = await Hub.open();
  await using agent = await hub.listener({ agent_id: "agent_1" }, { mute: true });
  await using ada = await hub.frontend();
  ada.send({ ...TEXT, message_id: "msg_before", text_payload: "before" });
  const asked = await agent.type("TEXT");
  await post(hub, "/api/agents/agent_1/pause");
  agent.send(replyTo(asked, "after all"));
  assert.equal((await ada.answer("msg_before")).text_payload, "after all");
});

Deno.test("an agent on a socket that comes back while it is paused is told so", async () => {
  await using hub = await Hub.open();
  {
    await using _first = await hub.agent({ agent_id: "agent_1" });
  }
  await post(hub, "/api/agents/agent_1/pause");
  await using back = await hub.agent({ agent_id: "agent_1" });
  await back.type("PAUSE_AGENT");
});

Deno.test("an agent that is taken off is gone, refused also by the next server, and comes back when let", async () => {
  await using bus = withRetry(await openBus("sqlite::memory:"), { firstDelayMs: 1 });
  await using store = await openStore("sqlite::memory:");
  const register = { message_type: "REGISTER_AGENT", agent_name: "Echo", agent_id: "agent_1" };
  {
    await using hub = await Hub.open({ bus, store });
    await using agent = await hub.agent({ agent_id: "agent_1" });
    await using ada = await hub.frontend();
    const answer = await ada.ask(
      { message_type: "DEREGISTER_AGENT", agent_id: "agent_1" },
      "DEREGISTER_AGENT",
    );
    assert.deepEqual([answer.status, answer.changed], ["success", true]);
    assert.equal((await agent.closed).code, 4403);
    await ada.next(showsStatus("agent_1", "offline"));
  }
  await using hub = await Hub.open({ bus, store });
  await using again = await Client.open(hub.ws);
  const refused = await again.ask(register, "ERROR");
  assert.equal(refused.code, "forbidden");
  assert.match(refused.text_payload, /REREGISTER_AGENT/);
  assert.equal((await post(hub, "/api/agents/agent_1/deregister")).changed, false);
  assert.equal((await post(hub, "/api/agents/agent_1/reregister")).changed, true);
  assert.equal((await again.ask(register, "REGISTER_AGENT_RESPONSE")).status, "success");
});

Deno.test("an agent on gRPC that is taken off loses its stream, and may neither register nor beat until it is let back", async () => {
  await using hub = await Hub.open();
  using peer = new TestPeer(`127.0.0.1:${hub.server.grpcPort}`);
  const { id, sessionKey } = await peer.register({ agentId: "agent_1" });
  await using commands = peer.commands(id, sessionKey);
  await commands.opened;
  await post(hub, "/api/agents/agent_1/deregister");
  assert.equal((await commands.ended).code, status.PERMISSION_DENIED);
  await assert.rejects(peer.register({ agentId: id, sessionKey }), {
    code: "forbidden",
    message: /REREGISTER/,
  });
  await assert.rejects(peer.heartbeat(id), { code: "not_found" });
  await post(hub, "/api/agents/agent_1/reregister");
  assert.equal((await peer.register({ agentId: id, sessionKey })).id, id);
});

Deno.test("an agent that was not taken off is made to register anew", async () => {
  await using hub = await Hub.open();
  await using agent = await hub.agent({ agent_id: "agent_1" });
  using peer = new TestPeer(`127.0.0.1:${hub.server.grpcPort}`);
  const { id, sessionKey } = await peer.register({ agentId: "agent_2" });
  await using commands = peer.commands(id, sessionKey);
  await commands.opened;
  const { agent_ids, changed, changed_count } = await post(hub, "/api/agents/reregister");
  assert.deepEqual([agent_ids.sort(), changed, changed_count], [["agent_1", "agent_2"], true, 2]);
  assert.equal((await agent.closed).code, 4003);
  assert.match((await commands.ended).details, /Register again/);
  const key = agent.registration.session_token;
  await using back = await hub.agent({ agent_id: "agent_1", session_token: key });
  assert.equal(back.registration.agent_id, "agent_1");
});

Deno.test("the forms for all agents answer whom they changed anything for", async () => {
  await using hub = await Hub.open();
  await using one = await hub.agent({ agent_id: "agent_1" });
  await using two = await hub.agent({ agent_id: "agent_2" });
  await using ada = await hub.frontend();
  await post(hub, "/api/agents/agent_1/pause");
  await one.type("PAUSE_AGENT");
  const all = { message_type: "PAUSE_ALL_AGENTS", request_id: "r1" };
  const { status, request_id, changed, changed_count, agent_ids } = await ada.ask(all, "PAUSE_ALL_AGENTS");
  assert.deepEqual([status, request_id, changed, changed_count, agent_ids], [
    "success",
    "r1",
    true,
    1,
    ["agent_2"],
  ]);
  await two.type("PAUSE_AGENT");
  const resumed = await ada.ask({ message_type: "RESUME_ALL_AGENTS" }, "RESUME_ALL_AGENTS");
  assert.deepEqual(resumed.agent_ids, ["agent_1", "agent_2"]);
  const off = await ada.ask({ message_type: "DEREGISTER_ALL_AGENTS" }, "DEREGISTER_ALL_AGENTS");
  assert.deepEqual([off.changed, off.changed_count], [true, 2]);
  const back = await ada.ask({ message_type: "REREGISTER_ALL_AGENTS" }, "REREGISTER_ALL_AGENTS");
  assert.equal(back.changed_count, 2);
  const again = await ada.ask({ message_type: "REREGISTER_ALL_AGENTS" }, "REREGISTER_ALL_AGENTS");
  assert.deepEqual([again.changed, again.changed_count], [false, 0]);
});

Deno.test("who did what to an agent stands in its history", async () => {
  await using hub = await Hub.open();
  await using _agent = await hub.agent({ agent_id: "agent_1" });
  await using ada = await hub.frontend();
  for (const action of ["PAUSE", "RESUME", "DEREGISTER", "REREGISTER"]) {
    await ada.ask({ message_type: `${action}_AGENT`, agent_id: "agent_1" }, `${action}_AGENT`);
  }
  await post(hub, "/api/agents/agent_1/pause");
  const { items } = await (await fetch(`${hub.http}/api/agents/agent_1/history`)).json();
  const by = ada.registration.frontend_id;
  assert.deepEqual(items.slice(0, 5).map(({ reason }: { reason: string }) => reason), [
    "paused by an operator",
    `reregistered by ${by}`,
    `deregistered by ${by}`,
    `resumed by ${by}`,
    `paused by ${by}`,
  ]);
});

Deno.test("bad input is answered clearly on both edges", async (t) => {
  await using hub = await Hub.open();
  await using ada = await hub.frontend();
  const frames: [what: string, frame: Partial<Frame>, code: string, text: RegExp][] = [
    ["an unknown agent", { agent_id: "agent_9" }, "not_found", /agent_9.*GET \/api\/agents/],
    ["no agent", {}, "invalid_message", /Field 'agent_id'.*_ALL_AGENTS/],
    ["an agent that is no text", { agent_id: 7 as unknown as string }, "invalid_message", /Field 'agent_id'/],
  ];
  for (const action of ["PAUSE", "RESUME", "DEREGISTER", "REREGISTER"]) {
    const message_type = `${action}_AGENT`;
    for (const [what, frame, code, text] of frames) {
      await t.step(`${message_type} of ${what}`, async () => {
        const answer = await ada.ask({ message_type, request_id: "r1", ...frame }, message_type);
        assert.deepEqual([answer.status, answer.code, answer.request_id], ["error", code, "r1"]);
        assert.match(answer.text_payload, text);
      });
    }
    await t.step(`POST /api/agents/agent_9/${action.toLowerCase()}`, async () => {
      const { status, code, detail } = await post(hub, `/api/agents/agent_9/${action.toLowerCase()}`);
      assert.deepEqual([status, code], [404, "not_found"]);
      assert.match(detail, /agent_9/);
    });
  }
  await t.step("an action that there is not", async () => {
    assert.equal((await post(hub, "/api/agents/agent_9/explode")).status, 404);
  });
});

function showsStatus(agentId: string, status: string): (frame: Frame) => boolean {
  return (frame) =>
    ((frame.agents ?? []) as { agent_id: string; status: string }[])
      .some((agent) => agent.agent_id === agentId && agent.status === status);
}
