/** Whose an id is, what was decided about it stays, and in what order its sender and its receiver hear of it. */
import assert from "node:assert/strict";
import { serverPrincipal } from "../../shared/model/principal.ts";
import { openStore } from "../../shared/store/open.ts";
import { Hub } from "../testing/hub.ts";

const TEXT = { message_type: "TEXT", text_payload: "hello" };
const server = serverPrincipal("server_test");

Deno.test("an id that an earlier server took is nobody else's, and is not routed again", async () => {
  await using store = await openStore("sqlite::memory:");
  let token: unknown;
  {
    await using hub = await Hub.open({ store });
    await using _agent = await hub.agent({ agent_id: "agent_first1" });
    await using ada = await hub.frontend();
    token = ada.registration.session_token;
    ada.send({ ...TEXT, message_id: "msg_hers01", conversation_id: "conv_hers1" });
    await ada.answer("msg_hers01");
    await ada.status("msg_hers01", "delivered");
  }
  await using hub = await Hub.open({ store });
  await using agent = await hub.listener({ agent_id: "agent_other1" }, { mute: true });
  const { heard } = agent;
  await using eve = await hub.frontend();
  eve.send({ ...TEXT, message_id: "msg_hers01", receiver_id: "agent_other1" });
  assert.equal((await eve.type("ERROR")).code, "conflict");
  await using ada = await hub.frontend({ session_token: token, last_seq: 99 });
  ada.send({ ...TEXT, message_id: "msg_hers01", conversation_id: "conv_hers1" });
  assert.equal((await ada.status("msg_hers01", "delivered")).receiver_id, "agent_first1");
  ada.send({ ...TEXT, message_id: "msg_last01", text_payload: "last" });
  await ada.status("msg_last01", "delivered");
  assert.deepEqual(heard, ["last"]);
  assert.equal((await store.conversations.get(server, "msg_hers01"))?.message.receiver_id, "agent_first1");
});

Deno.test("one id sent by two at once is the first one's", async () => {
  await using hub = await Hub.open();
  await using agent = await hub.listener();
  const { heard } = agent;
  await using ada = await hub.frontend();
  await using eve = await hub.frontend();
  for (const [client, text] of [[ada, "ada's"], [eve, "eve's"]] as const) {
    client.send({ ...TEXT, message_id: "msg_both01", text_payload: text });
  }
  const [first, second] = await Promise.race([
    ada.type("ERROR").then((error) => [eve, error] as const),
    eve.type("ERROR").then((error) => [ada, error] as const),
  ]);
  assert.equal(second.code, "conflict");
  await first.answer("msg_both01");
  assert.equal(heard.length, 1);
});

Deno.test("a question is shown as pending before its error, however fast the broker is", async () => {
  await using hub = await Hub.open();
  await using ada = await hub.frontend();
  hub.route = (message) =>
    message.message_type === "TEXT"
      ? {
        message_type: "ERROR",
        message_id: `msg_no${message.message_id}`,
        in_reply_to_message_id: message.message_id,
        conversation_id: message.conversation_id,
        sender_id: "broker_fast01",
        receiver_id: message.sender_id,
        code: "no_agent_available",
        error_details: "Nobody is here.",
      }
      : message;
  const ids = Array.from({ length: 20 }, (_, index) => `msg_fails${index}`);
  for (const id of ids) {
    ada.send({ ...TEXT, message_id: id });
    await ada.answer(id, "ERROR");
  }
  const shown = ada.frames.filter((frame) => frame.seq !== undefined).map((frame) => frame.message_type);
  assert.deepEqual(shown, ids.flatMap(() => ["TEXT", "ERROR"]));
});

Deno.test("what an agent asked in vain is over: it is not sent after a restart", async () => {
  await using store = await openStore("sqlite::memory:");
  {
    await using hub = await Hub.open({ store });
    await using agent = await hub.agent({ agent_id: "agent_asks01" }, () => undefined);
    agent.send({ ...TEXT, message_id: "msg_invain", receiver_id: "agent_ghost1" });
    assert.equal((await agent.type("ERROR")).code, "not_found");
  }
  assert.equal((await store.conversations.get(server, "msg_invain"))?.state, "error");
  assert.deepEqual(await store.conversations.inState(server, "accepted", { limit: 10 }), []);
});
