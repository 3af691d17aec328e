/** Cases: pages and their cursors. */
import assert from "node:assert/strict";
import type { StoreCase } from "../conformance.ts";
import type { Page } from "../store.ts";
import { ada, bob, guide, rejects, server, text } from "./fixtures.ts";

/** Reads every page of a list; `between` runs before each further one. */
async function readAll<T>(
  page: (cursor?: string) => Promise<Page<T>>,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<T[]> {
  let { items, next_cursor } = await page();
  while (next_cursor !== null) {
    await between();
    const next = await page(next_cursor);
    items = [...items, ...next.items];
    next_cursor = next.next_cursor;
  }
  return items;
}

const HOSTILE = [
  "",
  "0",
  "-1",
  "messages:0",
  "messages:-1",
  "messages:1e3",
  "messages:99999999999999999999",
  "messages:1;drop table messages",
  "' or 1=1 --",
  "conversations:1:1",
  "constructor:1",
  "😀",
  "\0",
  "a".repeat(100_000),
];

export const pagingCases: Record<string, StoreCase> = {
  async "pages of messages give each once, newest first, though more are added meanwhile"({ conversations }) {
    const add = (name: string) =>
      conversations.add(server, text({ conversation_id: "conv_1", text_payload: name }), "accepted");
    for (let index = 0; index < 10; index++) await add(`${index}`);
    const read = await readAll(
      (cursor) => conversations.messages(server, "conv_1", { limit: 3, cursor }),
      () => add("late"),
    );
    assert.deepEqual(read.map((item) => item.message.text_payload), [..."9876543210"]);
  },

  async "pages of conversations give each once, newest first, though more are added meanwhile"(
    { conversations },
  ) {
    const add = (conversation_id: string) => conversations.add(server, text({ conversation_id }), "accepted");
    for (let index = 0; index < 10; index++) await add(`conv_${index}`);
    await add("conv_0");
    let late = 0;
    const read = await readAll(
      (cursor) => conversations.list(server, { limit: 3, cursor }),
      () => add(`conv_late${late++}`),
    );
    assert.deepEqual(
      read.map((item) => item.conversation_id).join(),
      [..."0987654321"].map((n) => `conv_${n}`).join(),
    );
  },

  async "pages of what an agent sent or received give each once, newest first, whichever conversation it is in"(
    { conversations },
  ) {
    const add = (text_payload: string, fields: object) =>
      conversations.add(server, text({ text_payload, ...fields }), "accepted");
    const [to, from] = [{ receiver_id: guide.id }, { sender_id: guide.id, receiver_id: ada.id }];
    for (let index = 0; index < 10; index++) {
      await add(`${index}`, index % 3 === 0 ? to : index === 5 ? { ...from, ...to } : from);
      await add("another's", { receiver_id: bob.id });
    }
    const read = await readAll(
      (cursor) => conversations.messagesOf(server, guide.id, { limit: 3, cursor }),
      () => add("late", to),
    );
    assert.deepEqual(read.map((item) => item.message.text_payload), [..."9876543210"]);
  },

  async "what a message is routed to later is found as received"({ conversations }) {
    const message = text();
    await conversations.add(ada, message, "accepted");
    const nobody = await conversations.messagesOf(server, guide.id, { limit: 1 });
    assert.deepEqual(nobody, { items: [], next_cursor: null });
    await conversations.change(server, message.message_id, { receiver_id: guide.id });
    const { items, next_cursor } = await conversations.messagesOf(server, guide.id, { limit: 1 });
    assert.deepEqual([items.map((item) => item.message.receiver_id), next_cursor], [[guide.id], null]);
  },

  async "pages of dead letters give each once, newest first"({ deadLetters }) {
    const add = (id: string) =>
      deadLetters.add(server, { id, queue: "q", body: "{}", code: "internal", reason: "r", at: "2026" });
    for (let index = 0; index < 7; index++) await add(`${index}`);
    let late = 0;
    const read = await readAll(
      (cursor) => deadLetters.list(server, { limit: 3, cursor }),
      () => add(`late${late++}`),
    );
    assert.deepEqual(read.map((item) => item.id), [..."6543210"]);
  },

  async "a page that ends the list has no cursor"({ conversations }) {
    assert.deepEqual(await conversations.list(server, { limit: 1 }), { items: [], next_cursor: null });
    await conversations.add(server, text({ conversation_id: "conv_1" }), "accepted");
    assert.equal((await conversations.list(server, { limit: 1 })).next_cursor, null);
    assert.equal((await conversations.messages(server, "conv_1", { limit: 1 })).next_cursor, null);
    const nobody = await conversations.messages(server, "conv_unknown", { limit: 1 });
    assert.deepEqual(nobody, { items: [], next_cursor: null });
  },

  async "a cursor nobody gave is refused"({ conversations, deadLetters }) {
    for (const cursor of HOSTILE) {
      await rejects(conversations.messages(server, "conv_1", { limit: 3, cursor }), "invalid_message");
      await rejects(conversations.messagesOf(server, "agent_1", { limit: 3, cursor }), "invalid_message");
      await rejects(conversations.list(server, { limit: 3, cursor }), "invalid_message");
      await rejects(deadLetters.list(server, { limit: 3, cursor }), "invalid_message");
    }
  },

  async "a cursor of one list is refused by another"({ conversations, deadLetters }) {
    await conversations.add(server, text(), "accepted");
    await conversations.add(server, text(), "accepted");
    const cursor = (await conversations.list(server, { limit: 1 })).next_cursor ?? "";
    await rejects(conversations.messages(server, "conv_1", { limit: 1, cursor }), "invalid_message");
    await rejects(conversations.messagesOf(server, "agent_1", { limit: 1, cursor }), "invalid_message");
    await rejects(deadLetters.list(server, { limit: 1, cursor }), "invalid_message");
  },

  async "a limit out of range is refused"({ conversations, deadLetters }) {
    for (const limit of [0, -1, 1.5, NaN, Infinity, 501]) {
      await rejects(conversations.messages(server, "conv_1", { limit }), "invalid_message");
      await rejects(conversations.messagesOf(server, "agent_1", { limit }), "invalid_message");
      await rejects(conversations.list(server, { limit }), "invalid_message");
      await rejects(deadLetters.list(server, { limit }), "invalid_message");
    }
    await rejects(conversations.inState(server, "waiting", { limit: -1 }), "invalid_message");
  },
};
