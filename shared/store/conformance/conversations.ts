/** Cases: messages and their conversations. */
import assert from "node:assert/strict";
import type { StoreCase } from "../conformance.ts";
import { ada, FUTURE, guide, PAST, rejects, server, text } from "./fixtures.ts";

export const conversationCases: Record<string, StoreCase> = {
  async "has() and hasConversation() know what is still being written"({ conversations }) {
    const message = text();
    const adding = conversations.add(ada, message, "accepted");
    assert.equal(await conversations.has(server, message.message_id), true);
    assert.equal(await conversations.hasConversation(server, message.conversation_id), true);
    await adding;
    const refused = text({ conversation_id: message.conversation_id });
    await rejects(conversations.add(guide, refused, "accepted"), "not_found");
    assert.equal(await conversations.has(server, refused.message_id), false);
  },

  async "has() and hasConversation() know every id of the tenant, and no other tenant's"({ conversations }) {
    const message = text();
    await conversations.add(ada, message, "accepted");
    assert.equal(await conversations.has(server, message.message_id), true);
    assert.equal(await conversations.has(server, "msg_nobody"), false);
    assert.equal(await conversations.has({ ...server, tenantId: "other" }, message.message_id), false);
    const { conversation_id } = message;
    assert.equal(await conversations.hasConversation(ada, conversation_id), true);
    assert.equal(await conversations.hasConversation(server, "conv_nobody"), false);
    assert.equal(
      await conversations.hasConversation({ ...server, tenantId: "other" }, conversation_id),
      false,
    );
  },

  async "receiversInState() names each receiver once"({ conversations }) {
    for (const receiver_id of ["agent_1", "agent_2", "agent_1"]) {
      await conversations.add(server, text({ receiver_id }), "waiting");
    }
    await conversations.add(server, text({ receiver_id: "agent_3" }), "delivered");
    const receivers = await conversations.receiversInState(server, "waiting");
    assert.deepEqual(receivers.toSorted(), ["agent_1", "agent_2"]);
  },

  async "change() with onlyFrom changes nothing of a message in another state"({ conversations }) {
    const message = text();
    await conversations.add(server, message, "delivered");
    await conversations.change(server, message.message_id, { state: "published", onlyFrom: "accepted" });
    assert.equal((await conversations.get(server, message.message_id))?.state, "delivered");
    await conversations.change(server, message.message_id, { state: "error", onlyFrom: "delivered" });
    assert.equal((await conversations.get(server, message.message_id))?.state, "error");
  },

  async "add() keeps the whole message, with fields nobody knows"({ conversations }) {
    const message = text({
      content: { a: [1, { b: null }] },
      x_unknown: { deep: true },
      _seq: 3,
      priority: 2,
    });
    assert.equal(await conversations.add(server, message, "accepted"), true);
    const kept = await conversations.get(server, message.message_id);
    assert.deepEqual(kept?.message, message);
    assert.equal(kept?.state, "accepted");
    assert.ok(Math.abs(Date.parse(kept?.acceptedAt ?? "") - Date.now()) < 60_000);
  },

  async "add() of a known id resolves to false and changes nothing"({ conversations }) {
    const message = text();
    await conversations.add(server, message, "accepted");
    const again = { ...message, conversation_id: "conv_elsewhere", text_payload: "Other" };
    assert.equal(await conversations.add(server, again, "delivered"), false);
    const kept = await conversations.get(server, message.message_id);
    assert.deepEqual([kept?.message, kept?.state], [message, "accepted"]);
    assert.equal(await conversations.find(server, "conv_elsewhere"), undefined);
    assert.equal((await conversations.find(server, message.conversation_id))?.message_count, 1);
  },

  async "add() of one id many times at once succeeds once"({ conversations }) {
    const message = text();
    const added = await Promise.all(
      Array.from({ length: 20 }, () => conversations.add(server, message, "accepted")),
    );
    assert.equal(added.filter(Boolean).length, 1);
  },

  async "positions rise in the order of adding"({ conversations }) {
    const messages = Array.from({ length: 50 }, () => text({ conversation_id: "conv_1" }));
    await Promise.all(messages.map((message) => conversations.add(server, message, "accepted")));
    const { items } = await conversations.messages(server, "conv_1", { limit: 100 });
    assert.deepEqual(
      items.map((item) => item.message.message_id),
      messages.map((m) => m.message_id).reverse(),
    );
    assert.ok(items.every((item, index) => index === 0 || item.position < (items[index - 1]?.position ?? 0)));
  },

  async "a conversation counts its messages and knows when it began and went on"({ conversations }) {
    await conversations.add(server, text({ conversation_id: "conv_1" }), "accepted");
    const begun = await conversations.find(server, "conv_1");
    await conversations.add(server, text({ conversation_id: "conv_1" }), "accepted");
    const gone = await conversations.find(server, "conv_1");
    assert.deepEqual([begun?.message_count, gone?.message_count], [1, 2]);
    assert.equal(gone?.created_at, begun?.created_at);
    assert.ok((gone?.updated_at ?? "") >= (begun?.updated_at ?? "x"));
  },

  async "a conversation's title is its first text, cut at 60 characters"({ conversations }) {
    const at = { conversation_id: "conv_1" };
    await conversations.add(
      server,
      text({ ...at, message_type: "SYSTEM", text_payload: "Welcome" }),
      "delivered",
    );
    assert.equal((await conversations.find(server, "conv_1"))?.title, "");
    await conversations.add(
      server,
      text({ ...at, text_payload: `  Tell me\n${"about it ".repeat(20)}` }),
      "accepted",
    );
    await conversations.add(server, text({ ...at, text_payload: "And then?" }), "accepted");
    const title = (await conversations.find(server, "conv_1"))?.title ?? "";
    assert.match(title, /^Tell me about it .*…$/);
    assert.ok(title.length <= 60, title);
  },

  async "a conversation knows the agent that spoke last"({ conversations }) {
    const at = { conversation_id: "conv_1" };
    await conversations.add(ada, text(at), "accepted");
    assert.equal((await conversations.find(server, "conv_1"))?.last_agent_id, null);
    await conversations.add(server, text({ ...at, message_type: "REPLY", sender_id: guide.id }), "delivered");
    await conversations.add(
      server,
      text({ ...at, message_type: "ERROR", sender_id: "broker_1" }),
      "delivered",
    );
    await conversations.add(ada, text(at), "accepted");
    assert.equal((await conversations.find(server, "conv_1"))?.last_agent_id, guide.id);
  },

  async "highestSeq() is the highest number ever given, 0 when none"({ conversations }) {
    assert.equal(await conversations.highestSeq(server, "conv_1"), 0);
    for (const _seq of [1, 7, 4]) {
      await conversations.add(server, text({ conversation_id: "conv_1", _seq }), "accepted");
    }
    await conversations.add(server, text({ conversation_id: "conv_1" }), "accepted");
    assert.equal(await conversations.highestSeq(server, "conv_1"), 7);
  },

  async "change() changes the message and what queries find"({ conversations }) {
    const message = text();
    await conversations.add(server, message, "accepted");
    await conversations.change(server, message.message_id, {
      state: "waiting",
      receiver_id: guide.id,
      routing_status: "routed",
    });
    const expected = { ...message, receiver_id: guide.id, routing_status: "routed" };
    const found = await conversations.inState(server, "waiting", { receiverId: guide.id, limit: 10 });
    assert.deepEqual(found.map((item) => item.message), [expected]);
    assert.deepEqual((await conversations.get(server, message.message_id))?.message, expected);
    assert.deepEqual(await conversations.inState(server, "accepted", { limit: 10 }), []);
    assert.equal(await conversations.takesPart(server, message.conversation_id, guide.id), true);
  },

  async "change() writes the reason into both fields that carry it, and keeps the rest"({ conversations }) {
    const message = text({ x_unknown: 1 });
    await conversations.add(server, message, "accepted");
    const reason = "No agent is online.";
    await conversations.change(server, message.message_id, {
      code: "no_agent_available",
      error_details: reason,
    });
    const kept = await conversations.get(server, message.message_id);
    const failed = { code: "no_agent_available", error_details: reason, routing_status_message: reason };
    assert.deepEqual(kept?.message, { ...message, ...failed });
    assert.equal(kept?.state, "accepted");
  },

  async "change() forgets why a message failed when it is told so"({ conversations }) {
    const message = text();
    await conversations.add(server, message, "accepted");
    const failed = {
      state: "error",
      routing_status: "error",
      code: "cancelled",
      error_details: "x",
    } as const;
    await conversations.change(server, message.message_id, failed);
    const anew = { state: "published", routing_status: "pending", code: null, error_details: null } as const;
    await conversations.change(server, message.message_id, { ...anew, onlyFrom: "error" });
    const kept = await conversations.get(server, message.message_id);
    assert.deepEqual([kept?.message, kept?.state], [{ ...message, routing_status: "pending" }, "published"]);
  },

  async "change() of an unknown id, and an empty change, change nothing"({ conversations }) {
    const message = text();
    await conversations.add(server, message, "accepted");
    await conversations.change(server, "msg_unknown", { state: "error", error_details: "x" });
    await conversations.change(server, message.message_id, {});
    await conversations.change(server, message.message_id, { state: undefined, receiver_id: undefined });
    const kept = await conversations.get(server, message.message_id);
    assert.deepEqual([kept?.message, kept?.state], [message, "accepted"]);
  },

  async "inState() lists oldest first, by receiver, time and limit"({ conversations }) {
    const messages = ["agent_1", "agent_2", "agent_1", null].map((receiver_id) => text({ receiver_id }));
    for (const message of messages) await conversations.add(server, message, "waiting");
    const ids = async (filter: { receiverId?: string; before?: string; limit: number }) =>
      (await conversations.inState(server, "waiting", filter)).map((item) =>
        messages.findIndex((message) => message.message_id === item.message.message_id)
      );
    assert.deepEqual(await ids({ limit: 10 }), [0, 1, 2, 3]);
    assert.deepEqual(await ids({ limit: 2 }), [0, 1]);
    assert.deepEqual(await ids({ receiverId: "agent_1", limit: 10 }), [0, 2]);
    assert.deepEqual(await ids({ before: FUTURE, limit: 10 }), [0, 1, 2, 3]);
    assert.deepEqual(await ids({ before: PAST, limit: 10 }), []);
  },

  async "countInState() counts what is in one state"({ conversations }) {
    assert.equal(await conversations.countInState(server, "waiting"), 0);
    const first = text();
    await conversations.add(server, first, "waiting");
    await conversations.add(server, text(), "waiting");
    await conversations.add(server, text(), "delivered");
    assert.equal(await conversations.countInState(server, "waiting"), 2);
    assert.equal(await conversations.countInState(server, "delivered"), 1);
    await conversations.change(server, first.message_id, { state: "delivered" });
    assert.equal(await conversations.countInState(server, "waiting"), 1);
  },

  async "takesPart() knows senders and receivers"({ conversations }) {
    await conversations.add(ada, text({ conversation_id: "conv_1", receiver_id: guide.id }), "accepted");
    const who = [ada.id, guide.id, "agent_other", "agent_guid_", ""];
    const answers = await Promise.all(who.map((id) => conversations.takesPart(server, "conv_1", id)));
    assert.deepEqual(answers, [true, true, false, false, false]);
    assert.equal(await conversations.takesPart(server, "conv_unknown", ada.id), false);
  },

  async "rename() keeps the new title whatever is said later"({ conversations }) {
    await conversations.add(ada, text({ conversation_id: "conv_1" }), "accepted");
    assert.equal(await conversations.rename(ada, "conv_1", "  My   agents "), true);
    await conversations.add(ada, text({ conversation_id: "conv_1" }), "accepted");
    assert.equal((await conversations.find(ada, "conv_1"))?.title, "My agents");
    assert.equal(await conversations.rename(ada, "conv_unknown", "x"), false);
  },

  async "remove() removes a conversation of any length with its messages, and no other"({ conversations }) {
    const messages = Array.from({ length: 1_201 }, () => text({ conversation_id: "conv_1" }));
    const other = text({ conversation_id: "conv_2" });
    await Promise.all([...messages, other].map((message) => conversations.add(ada, message, "waiting")));
    assert.equal(await conversations.remove(ada, "conv_1"), true);
    assert.equal(await conversations.find(ada, "conv_1"), undefined);
    assert.equal(await conversations.get(ada, messages[0]?.message_id ?? ""), undefined);
    const left = await conversations.inState(server, "waiting", { limit: 100 });
    assert.deepEqual(left.map((item) => item.message), [other]);
    assert.equal(await conversations.remove(ada, "conv_1"), false);
  },

  async "positions go on rising after the newest message was removed"({ conversations }) {
    const [first, second] = [text(), text()];
    await conversations.add(server, first, "accepted");
    const removed = await conversations.get(server, first.message_id);
    await conversations.remove(server, first.conversation_id);
    await conversations.add(server, second, "accepted");
    const kept = await conversations.get(server, second.message_id);
    assert.ok((kept?.position ?? 0) > (removed?.position ?? Infinity));
  },

  async "an id whose message was removed can be used again"({ conversations }) {
    const message = text();
    await conversations.add(server, message, "accepted");
    await conversations.remove(server, message.conversation_id);
    assert.equal(await conversations.add(server, message, "accepted"), true);
  },
};
