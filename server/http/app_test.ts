import assert from "node:assert/strict";
import { Hub } from "../testing/hub.ts";

const JSON_BODY = { "content-type": "application/json" };

function post(hub: Hub, body: unknown, query = "", headers: Record<string, string> = {}): Promise<Response> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const init = { method: "POST", body: text, headers: { ...JSON_BODY, ...headers } };
  return fetch(`${hub.http}/api/messages${query}`, init);
}

Deno.test("the HTTP interface", async (t) => {
  await using hub = await Hub.open({ env: { MAX_MESSAGE_BYTES: "4096" } });
  await using agent = await hub.agent(
    { capabilities: ["echo"] },
    (text) => text === "mute" ? undefined : text,
  );
  const agentId: string = agent.registration.agent_id;
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${hub.http}${path}`, { headers });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };

  await t.step("GET / names the service, its version and the endpoints", async () => {
    const { status, body, headers } = await get("/");
    assert.equal(status, 200);
    assert.equal(body.name, "Parley");
    assert.ok(body.endpoints.includes("POST /api/messages"));
    assert.equal(headers.get("x-content-type-options"), "nosniff");
  });
  await t.step("healthz, readyz and openapi.json answer", async () => {
    assert.equal((await get("/healthz")).status, 200);
    assert.deepEqual((await get("/readyz")).body, { status: "ready", faults: {} });
    const { body } = await get("/openapi.json");
    assert.ok(body.paths["/api/messages"].post);
    assert.ok(body.paths["/api/conversations/{id}"].patch);
  });
  await t.step("agents are listed, filtered, paged and found", async () => {
    assert.equal((await get("/api/agents?online=true&capability=echo")).body.items[0].agent_id, agentId);
    assert.deepEqual((await get("/api/agents?online=false")).body, { items: [], next_cursor: null });
    assert.equal((await get(`/api/agents/${agentId}`)).body.agent_name, "Echo");
    assert.equal((await get("/api/agents/agent_nobody")).body.code, "not_found");
    assert.equal((await get("/api/agents?cursor=x")).body.code, "invalid_message");
    assert.equal((await get("/api/agents?limit=101")).body.code, "invalid_message");
    assert.deepEqual((await get("/api/brokers")).body.items, []);
  });
  await t.step("POST /api/messages answers 202, and 200 with the REPLY when it waits", async () => {
    const accepted = await post(hub, { text_payload: "mute" });
    assert.equal(accepted.status, 202);
    assert.equal((await accepted.json()).routing_status, "pending");
    const replied = await post(hub, { text_payload: "hi" }, "?wait=10");
    assert.equal(replied.status, 200);
    const reply = await replied.json();
    assert.equal(reply.text_payload, "hi");
    assert.equal(reply.sender_id, agentId);
    assert.equal(reply.routing_status, "delivered");
  });
  await t.step("POST takes null for what is left open", async () => {
    const open = { message_type: null, message_id: null, receiver_id: null, conversation_id: null };
    const response = await post(
      hub,
      { text_payload: "hi", in_reply_to_message_id: null, ...open },
      "?wait=10",
    );
    assert.equal((await response.json()).text_payload, "hi");
  });
  await t.step("POST with wait gives 504 with the message_id when nobody answers in time", async () => {
    const response = await post(hub, { text_payload: "mute", message_id: "msg_unanswered" }, "?wait=0.05");
    assert.equal(response.status, 504);
    const body = await response.json();
    assert.equal(body.code, "timeout");
    assert.equal(body.message_id, "msg_unanswered");
  });
  await t.step("POST with wait gives 502 and the ERROR's problem when it fails", async () => {
    const response = await post(hub, { text_payload: "hi", receiver_id: "agent_nobody" }, "?wait=10");
    assert.equal(response.status, 502);
    assert.match(response.headers.get("content-type") ?? "", /problem\+json/);
    assert.equal((await response.json()).code, "not_found");
  });
  await t.step("a message that was answered is answered again when it is sent again", async () => {
    const message = { text_payload: "once", message_id: "msg_twice_sent" };
    const first = await (await post(hub, message, "?wait=10")).json();
    const second = await (await post(hub, message, "?wait=10")).json();
    assert.equal(second.message_id, first.message_id);
    assert.equal(second.routing_status, "delivered");
  });
  await t.step("conversations are listed, read, renamed and removed", async () => {
    const { conversation_id } = await (await post(hub, { text_payload: "keep this" }, "?wait=10")).json();
    const path = `/api/conversations/${conversation_id}`;
    assert.equal((await get("/api/conversations?q=keep")).body.items[0].conversation_id, conversation_id);
    const types = (await get(`${path}/messages`)).body.items.map((each: { message_type: string }) =>
      each.message_type
    );
    assert.deepEqual(types, ["REPLY", "TEXT"]);
    const init = { method: "PATCH", headers: JSON_BODY, body: `{"title":"Renamed"}` };
    assert.equal((await (await fetch(`${hub.http}${path}`, init)).json()).title, "Renamed");
    const removed = await fetch(`${hub.http}${path}`, { method: "DELETE" });
    assert.equal(removed.status, 204);
    await removed.body?.cancel();
    assert.equal((await get(path)).body.code, "not_found");
  });
  await t.step("a session's token limits what is seen to that person's", async () => {
    await using ada = await hub.frontend();
    const headers = { authorization: `Bearer ${ada.registration.session_token}` };
    const sent = await (await post(hub, { text_payload: "mine" }, "?wait=10", headers)).json();
    const { body } = await get("/api/conversations", headers);
    assert.deepEqual(body.items.map((each: { conversation_id: string }) => each.conversation_id), [
      sent.conversation_id,
    ]);
    assert.equal((await ada.next((frame) => frame.text_payload === "mine")).routing_status, "pending");
    const { status, body: problem } = await get("/api/conversations", { authorization: "Bearer made-up" });
    assert.equal(status, 401);
    assert.equal(problem.code, "unauthenticated");
  });
  await t.step("metrics and stats count", async () => {
    const text = await (await fetch(`${hub.http}/metrics`)).text();
    assert.match(text, /parley_messages_total\{outcome="accepted"\} [1-9]/);
    assert.match(text, /parley_round_trip_seconds_count [1-9]/);
    assert.match(text, /parley_agents\{state="online"\} 1/);
    assert.equal((await get("/api/stats")).body.agents.online, 1);
    assert.ok((await get("/api/queues")).body.items.length > 0);
    assert.ok(Array.isArray((await get("/api/dead-letters")).body.items));
  });

  const BAD: { what: string; ask: () => Promise<Response>; status: number; code: string; detail?: string }[] =
    [
      { what: "an unknown path", ask: () => fetch(`${hub.http}/nowhere`), status: 404, code: "not_found" },
      {
        what: "a wrong method",
        ask: () => fetch(`${hub.http}/api/messages`, { method: "DELETE" }),
        status: 405,
        code: "unsupported_type",
      },
      { what: "malformed JSON", ask: () => post(hub, "{ nope"), status: 400, code: "invalid_json" },
      ...["application/x-www-form-urlencoded", "text/plain", "application/xml"].map((type) => ({
        what: `a body sent as ${type}`,
        ask: () => post(hub, { text_payload: "a" }, "", { "content-type": type }),
        status: 415,
        code: "invalid_message",
        detail: "Send content-type: application/json.",
      })),
      {
        what: "a body of no type",
        ask: () => {
          const body = new TextEncoder().encode(`{"text_payload":"a"}`);
          return fetch(`${hub.http}/api/messages`, { method: "POST", body });
        },
        status: 415,
        code: "invalid_message",
        detail: "Send content-type: application/json.",
      },
      {
        what: "what is nested without end",
        ask: () => post(hub, `{"text_payload":"a","b":${"[".repeat(1_900)}${"]".repeat(1_900)}}`),
        status: 422,
        code: "invalid_message",
      },
      { what: "no text", ask: () => post(hub, {}), status: 422, code: "invalid_message" },
      {
        what: "a wrong field",
        ask: () => post(hub, { text_payload: "a", priority: 9 }),
        status: 422,
        code: "invalid_message",
      },
      {
        what: "a type that is not sent here",
        ask: () => post(hub, { text_payload: "a", message_type: "PING" }),
        status: 422,
        code: "unsupported_type",
      },
      {
        what: "a body that is too large",
        ask: () => post(hub, { text_payload: "a".repeat(5000) }),
        status: 413,
        code: "too_large",
      },
      {
        what: "a foreign origin",
        ask: () => fetch(`${hub.http}/`, { headers: { origin: "http://evil.example" } }),
        status: 403,
        code: "forbidden",
      },
      {
        what: "another's message_id",
        ask: async () => {
          await using eve = await hub.frontend();
          eve.send({ message_type: "TEXT", text_payload: "mute", message_id: "msg_of_eve" });
          await eve.status("msg_of_eve", "pending");
          return await post(hub, { text_payload: "a", message_id: "msg_of_eve" });
        },
        status: 409,
        code: "conflict",
      },
    ];
  for (const { what, ask, status, code, detail } of BAD) {
    await t.step(`${what} is answered with ${status} and ${code}`, async () => {
      const response = await ask();
      const body = await response.json();
      assert.equal(response.status, status);
      assert.equal(body.code, code);
      assert.equal(body.status, status);
      if (detail) assert.equal(body.detail, detail);
      assert.match(response.headers.get("content-type") ?? "", /^application\/problem\+json/);
    });
  }
  await t.step("a page of an allowed origin may read the answer", async () => {
    const response = await fetch(`${hub.http}/healthz`, { headers: { origin: "http://localhost:8000" } });
    await response.body?.cancel();
    assert.equal(response.headers.get("access-control-allow-origin"), "http://localhost:8000");
  });
});
