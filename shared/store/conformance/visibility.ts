/** Cases: who sees what. */
import assert from "node:assert/strict";
import type { StoreCase } from "../conformance.ts";
import type { Principal } from "../../model/principal.ts";
import type { Store } from "../store.ts";
import { ada, bob, guide, otherTenant, peer, rejects, server, session, text } from "./fixtures.ts";

/** Everything that `principal` sees of one conversation and message. */
async function sees(
  { conversations }: Store,
  principal: Principal,
  conversationId: string,
  messageId: string,
) {
  return {
    listed: (await conversations.list(principal, { limit: 100 })).items.some((c) =>
      c.conversation_id === conversationId
    ),
    searched: (await conversations.list(principal, { limit: 100, query: "agent" })).items.length > 0,
    found: await conversations.find(principal, conversationId) !== undefined,
    message: await conversations.get(principal, messageId) !== undefined,
    messages: (await conversations.messages(principal, conversationId, { limit: 100 })).items.length > 0,
    ofAda: (await conversations.messagesOf(principal, ada.id, { limit: 100 })).items.length > 0,
    waiting: (await conversations.inState(principal, "waiting", { limit: 100 })).length > 0,
    counted: await conversations.countInState(principal, "waiting") > 0,
    seq: await conversations.highestSeq(principal, conversationId) > 0,
    part: await conversations.takesPart(principal, conversationId, ada.id),
  };
}

const all = (seen: boolean) => ({
  listed: seen,
  searched: seen,
  found: seen,
  message: seen,
  messages: seen,
  ofAda: seen,
  waiting: seen,
  counted: seen,
  seq: seen,
  part: seen,
});

export const visibilityCases: Record<string, StoreCase> = {
  async "a person sees its own conversations, the server all, another person and tenant none"(store) {
    const message = text({ _seq: 1 });
    await store.conversations.add(ada, message, "waiting");
    const at = [message.conversation_id, message.message_id] as const;
    assert.deepEqual(await sees(store, ada, ...at), all(true));
    assert.deepEqual(await sees(store, server, ...at), all(true));
    assert.deepEqual(await sees(store, bob, ...at), all(false));
    assert.deepEqual(await sees(store, otherTenant, ...at), all(false));
    assert.deepEqual(await sees(store, { ...ada, tenantId: "other" }, ...at), all(false));
  },

  async "an agent sees the conversations that it takes part in"(store) {
    const [forGuide, forNobody] = [text({ receiver_id: guide.id, _seq: 1 }), text({ _seq: 1 })];
    await store.conversations.add(ada, forGuide, "waiting");
    assert.deepEqual(await sees(store, guide, forGuide.conversation_id, forGuide.message_id), all(true));
    await store.conversations.add(ada, forNobody, "accepted");
    assert.equal(await store.conversations.find(guide, forNobody.conversation_id), undefined);
    assert.equal(await store.conversations.get(guide, forNobody.message_id), undefined);
    const namesake: Principal = { kind: "person", id: guide.id, tenantId: "default" };
    assert.equal(await store.conversations.find(namesake, forGuide.conversation_id), undefined);
  },

  async "a conversation that an agent begins belongs to the frontend it is for"({ conversations }) {
    const message = text({ sender_id: guide.id, receiver_id: bob.id });
    await conversations.add(server, message, "accepted");
    assert.ok(await conversations.find(bob, message.conversation_id));
    assert.equal(await conversations.find(ada, message.conversation_id), undefined);
  },

  async "nobody changes, renames or removes what is another's"({ conversations }) {
    const message = text({ receiver_id: guide.id });
    await conversations.add(ada, message, "accepted");
    for (const principal of [bob, otherTenant]) {
      await conversations.change(principal, message.message_id, { state: "error", error_details: "x" });
    }
    for (const principal of [bob, guide, otherTenant]) {
      assert.equal(await conversations.rename(principal, message.conversation_id, "Mine"), false);
      assert.equal(await conversations.remove(principal, message.conversation_id), false);
    }
    const kept = await conversations.get(ada, message.message_id);
    assert.deepEqual([kept?.message, kept?.state], [message, "accepted"]);
    assert.equal((await conversations.find(ada, message.conversation_id))?.title, "How do I add an agent?");
  },

  async "nobody writes into a conversation that it has no part in"({ conversations }) {
    const at = { conversation_id: "conv_1" };
    await conversations.add(ada, text(at), "accepted");
    await rejects(conversations.add(bob, text({ ...at, sender_id: bob.id }), "accepted"), "not_found");
    await rejects(conversations.add(guide, text({ ...at, sender_id: guide.id }), "accepted"), "not_found");
    assert.equal((await conversations.find(ada, "conv_1"))?.message_count, 1);
  },

  async "who is written to may answer"({ conversations }) {
    const at = { conversation_id: "conv_1" };
    await conversations.add(ada, text({ ...at, receiver_id: bob.id }), "accepted");
    assert.equal(await conversations.add(bob, text({ ...at, sender_id: bob.id }), "accepted"), true);
    assert.equal((await conversations.messages(ada, "conv_1", { limit: 10 })).items.length, 2);
  },

  async "the same ids in two tenants are two things"({ conversations, sessions, roster, deadLetters }) {
    const message = text();
    const letter = { id: "dead_1", queue: "q", body: "1", code: "internal", reason: "r", at: "2026" };
    for (const [index, principal] of [server, otherTenant].entries()) {
      assert.equal(
        await conversations.add(principal, { ...message, text_payload: `${index}` }, "waiting"),
        true,
      );
      await sessions.create(principal, session({ frontend_id: "web_1", frontend_name: `${index}` }));
      await sessions.addFrames(principal, "web_1", [{ seq: 1, body: `${index}`, at: "2026" }]);
      await roster.save(principal, peer({ id: "agent_1", name: `${index}` }));
      await deadLetters.add(principal, { ...letter, body: `${index}` });
    }
    await conversations.change(otherTenant, message.message_id, { state: "error" });
    for (const [index, principal] of [server, otherTenant].entries()) {
      const kept = await conversations.get(principal, message.message_id);
      assert.deepEqual([kept?.message.text_payload, kept?.state], [
        `${index}`,
        index === 0 ? "waiting" : "error",
      ]);
      assert.equal((await conversations.list(principal, { limit: 10 })).items.length, 1);
      assert.equal((await sessions.byId(principal, "web_1"))?.frontend_name, `${index}`);
      assert.deepEqual((await sessions.framesAfter(principal, "web_1", 0, 9)).map((frame) => frame.body), [
        `${index}`,
      ]);
      assert.deepEqual((await roster.list(principal)).map((known) => known.name), [`${index}`]);
      assert.equal((await deadLetters.get(principal, "dead_1"))?.body, `${index}`);
    }
    await conversations.remove(otherTenant, message.conversation_id);
    await roster.remove(otherTenant, "agent_1");
    await deadLetters.remove(otherTenant, "dead_1");
    assert.ok(await conversations.get(server, message.message_id));
    assert.equal((await roster.list(server)).length, 1);
    assert.ok(await deadLetters.get(server, "dead_1"));
  },

  async "a person sees no other's session"({ sessions }) {
    const own = session({ frontend_id: ada.id });
    await sessions.create(server, own);
    await sessions.addFrames(server, ada.id, [{ seq: 1, body: "a", at: "2026" }]);
    assert.deepEqual(await sessions.byId(ada, ada.id), own);
    assert.equal(await sessions.byId(bob, ada.id), undefined);
    assert.equal((await sessions.framesAfter(ada, ada.id, 0, 9)).length, 1);
    assert.deepEqual(await sessions.framesAfter(bob, ada.id, 0, 9), []);
  },
};
