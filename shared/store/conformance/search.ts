/** Cases: searching, and texts of every kind. */
import assert from "node:assert/strict";
import type { StoreCase } from "../conformance.ts";
import type { Store } from "../store.ts";
import { ada, rejects, server, text } from "./fixtures.ts";

/** Adds a conversation for each text, then tells which of the texts a search finds, by index. */
async function find(
  { conversations }: Store,
  texts: string[],
): Promise<(query: string) => Promise<number[]>> {
  for (const [index, text_payload] of texts.entries()) {
    await conversations.add(server, text({ conversation_id: `conv_${index}`, text_payload }), "accepted");
  }
  return async (query) => {
    const { items } = await conversations.list(server, { limit: 100, query });
    return items.map((item) => Number(item.conversation_id.slice("conv_".length))).sort();
  };
}

/** One character of each plane that has any, and what is near the edges. */
const PLANES = Array.from({ length: 17 }, (_, plane) => String.fromCodePoint(plane * 0x10000 + 0x41)).join(
  "",
);
const ODD = [
  "",
  " ",
  "\0",
  "a\0b",
  "\ud800",
  "x\udfff",
  "\u{10ffff}",
  "\ufffd",
  "\u2028",
  "é",
  "e\u0301",
  "👩‍👩‍👧‍👦",
  PLANES,
];

export const searchCases: Record<string, StoreCase> = {
  async "a search finds titles and texts, whatever their case or composition"(store) {
    const search = await find(store, [
      "Grüße aus KÖLN",
      "x".repeat(100) + " needle",
      "cafe\u0301",
      "nothing",
    ]);
    assert.deepEqual(await search("köln"), [0]);
    assert.deepEqual(await search("GRÜSS"), []);
    assert.deepEqual(await search("grü"), [0]);
    assert.deepEqual(await search("NEEDLE"), [1]);
    assert.deepEqual(await search("CAFÉ"), [2]);
    await store.conversations.rename(server, "conv_3", "Something else");
    assert.deepEqual(await search("something"), [3]);
  },

  async "a search finds replies too"({ conversations }) {
    await conversations.add(ada, text({ conversation_id: "conv_1" }), "accepted");
    const reply = text({ conversation_id: "conv_1", message_type: "REPLY", text_payload: "Use the wizard." });
    await conversations.add(server, reply, "delivered");
    const { items } = await conversations.list(ada, { limit: 10, query: "wizard" });
    assert.deepEqual(items.map((item) => item.conversation_id), ["conv_1"]);
  },

  async "a search takes its query literally"(store) {
    const texts = ["100% sure", "100 sure", "snake_case", "snakeXcase", "a\\b", "a[b]c", 'it\'s "so"', "abc"];
    const search = await find(store, texts);
    assert.deepEqual(await search("100%"), [0]);
    assert.deepEqual(await search("%"), [0]);
    assert.deepEqual(await search("e_c"), [2]);
    assert.deepEqual(await search("\\"), [4]);
    assert.deepEqual(await search("[b]"), [5]);
    assert.deepEqual(await search('it\'s "so"'), [6]);
    assert.deepEqual(await search("' or 1=1 --"), []);
  },

  async "an empty search lists everything, a too long one is refused"(store) {
    const search = await find(store, ["a", "b"]);
    assert.deepEqual(await search(""), [0, 1]);
    assert.deepEqual(await search("  "), [0, 1]);
    await rejects(search("a".repeat(201)), "invalid_message");
    assert.deepEqual(await search("%".repeat(200)), []);
  },

  async "a title out of range is refused"({ conversations }) {
    for (const title of ["", "  ", "\0", "a".repeat(201)]) {
      await rejects(conversations.rename(server, "conv_1", title), "invalid_message");
    }
  },

  async "every text comes back as it was: every plane, NUL, halves of pairs"({ conversations }) {
    for (const text_payload of ODD) {
      const message = text({ text_payload, content: { [text_payload]: text_payload } });
      await conversations.add(server, message, "accepted");
      assert.deepEqual((await conversations.get(server, message.message_id))?.message, message);
    }
    const { items } = await conversations.list(server, { limit: 100 });
    assert.equal(items.length, ODD.length);
    assert.ok(items.every((item) => item.title.isWellFormed()));
  },

  async "a search finds characters of every plane"(store) {
    const search = await find(store, [PLANES, "👩‍👩‍👧‍👦 family"]);
    for (const character of PLANES) assert.ok((await search(character)).includes(0), character);
    assert.deepEqual(await search("👧"), [1]);
  },

  async "a text of 1 MiB is kept, changed and found"({ conversations }) {
    const text_payload = `${"Long. ".repeat(1024 * 1024 / 6)}needle`;
    const message = text({ text_payload, conversation_id: "conv_1" });
    await conversations.add(server, message, "accepted");
    await conversations.change(server, message.message_id, { receiver_id: "agent_1", state: "routed" });
    assert.deepEqual((await conversations.get(server, message.message_id))?.message, {
      ...message,
      receiver_id: "agent_1",
    });
    const { items } = await conversations.list(server, { limit: 10, query: "needle" });
    assert.deepEqual(items.map((item) => item.conversation_id), ["conv_1"]);
  },
};
