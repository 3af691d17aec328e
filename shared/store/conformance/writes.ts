/** Cases: many writes at once, order, failure and the end. */
import assert from "node:assert/strict";
import type { StoreCase } from "../conformance.ts";
import { ada, bob, rejects, server, session, text } from "./fixtures.ts";

export const writeCases: Record<string, StoreCase> = {
  async "changes of one message apply in the order they were asked for"({ conversations }) {
    const messages = Array.from({ length: 10 }, () => text());
    await Promise.all(messages.flatMap((message) => [
      conversations.add(server, message, "accepted"),
      conversations.change(server, message.message_id, { state: "published", receiver_id: "agent_1" }),
      conversations.change(server, message.message_id, { state: "routed" }),
      conversations.change(server, message.message_id, {
        routing_status: "delivered",
        receiver_id: "agent_2",
      }),
      conversations.change(server, message.message_id, { state: "delivered" }),
    ]));
    for (const message of messages) {
      const kept = await conversations.get(server, message.message_id);
      assert.equal(kept?.state, "delivered");
      assert.deepEqual(kept?.message, { ...message, receiver_id: "agent_2", routing_status: "delivered" });
    }
  },

  async "a write that fails takes no other with it"({ conversations, sessions }) {
    await conversations.add(ada, text({ conversation_id: "conv_ada" }), "accepted");
    await sessions.create(server, session({ frontend_id: "web_1" }));
    await sessions.addFrames(server, "web_1", [{ seq: 1, body: "a", at: "2026" }]);
    const good = Array.from({ length: 20 }, () => text());
    const results = await Promise.allSettled([
      ...good.slice(0, 10).map((message) => conversations.add(server, message, "accepted")),
      sessions.addFrames(server, "web_1", [{ seq: 2, body: "b", at: "2026" }, {
        seq: 1,
        body: "c",
        at: "2026",
      }]),
      conversations.add(bob, text({ conversation_id: "conv_ada" }), "accepted"),
      ...good.slice(10).map((message) => conversations.add(server, message, "accepted")),
    ]);
    assert.deepEqual(
      results.flatMap(({ status }, index) => status === "rejected" ? [index] : []),
      [10, 11],
    );
    for (const message of good) assert.ok(await conversations.get(server, message.message_id));
    const frames = await sessions.framesAfter(server, "web_1", 0, 10);
    assert.deepEqual(frames.map((frame) => frame.body), ["a"], "frames are kept all or none");
  },

  async "a read sees every write that was asked for before it, resolved or not"({ conversations }) {
    await Promise.all(Array.from({ length: 50 }, async () => {
      const message = text();
      const added = conversations.add(server, message, "accepted");
      assert.equal((await conversations.get(server, message.message_id))?.state, "accepted");
      const changed = conversations.change(server, message.message_id, { state: "delivered" });
      assert.equal((await conversations.get(server, message.message_id))?.state, "delivered");
      await Promise.all([added, changed]);
    }));
  },

  async "disposing finishes what was asked for, then everything is unavailable"(store) {
    const writes = Array.from({ length: 50 }, () => store.conversations.add(server, text(), "accepted"));
    await store[Symbol.asyncDispose]();
    assert.deepEqual(await Promise.all(writes), writes.map(() => true));
    await rejects(store.conversations.add(server, text(), "accepted"), "unavailable");
    await rejects(store.conversations.get(server, "msg_1"), "unavailable");
    await rejects(store.ping(), "unavailable");
    await store[Symbol.asyncDispose]();
  },

  async "ping() resolves while the database answers"(store) {
    await store.ping();
  },
};
