/** Cases: dead letters. */
import assert from "node:assert/strict";
import type { StoreCase } from "../conformance.ts";
import type { DeadLetter } from "../../model/dead_letter.ts";
import { otherTenant, rejects, server } from "./fixtures.ts";

const letter = (fields: Partial<DeadLetter>): DeadLetter => ({
  id: "msg_1",
  queue: "agent_queue_agent_1",
  body: '{"message_id":"msg_1"}',
  code: "timeout",
  reason: "Nobody fetched it for 24 h.",
  at: "2026-01-01T00:00:00.000Z",
  ...fields,
});

export const deadLetterCases: Record<string, StoreCase> = {
  async "a dead letter is kept as it was, however odd its body"({ deadLetters }) {
    const bodies = ["", "not JSON", "👩‍👩‍👧‍👦 \u{10ffff}", "x".repeat(1024 * 1024)];
    for (const [index, body] of bodies.entries()) {
      await deadLetters.add(server, letter({ id: `${index}`, body }));
    }
    for (const [index, body] of bodies.entries()) {
      assert.deepEqual(await deadLetters.get(server, `${index}`), letter({ id: `${index}`, body }));
    }
    assert.equal(await deadLetters.get(server, "unknown"), undefined);
  },

  async "a dead letter with a known id replaces it and is the newest"({ deadLetters }) {
    for (const id of ["1", "2"]) await deadLetters.add(server, letter({ id }));
    await deadLetters.add(server, letter({ id: "1", reason: "Again." }));
    const { items } = await deadLetters.list(server, { limit: 10 });
    assert.deepEqual(items, [letter({ id: "1", reason: "Again." }), letter({ id: "2" })]);
  },

  async "a search finds bodies, reasons, codes and ids, literally, whatever their case"({ deadLetters }) {
    const letters: Partial<DeadLetter>[] = [
      { id: "msg_body", body: '{"text_payload":"Grüße aus KÖLN"}' },
      { id: "msg_reason", reason: "100% of it" },
      { id: "msg_code", code: "agent_offline" },
      { id: "msg_NUL", body: "a\0needle" },
    ];
    for (const fields of letters) await deadLetters.add(server, letter(fields));
    const find = async (query: string) =>
      (await deadLetters.list(server, { limit: 10, query })).items.map(({ id }) => id);
    const CASES: [query: string, ids: string[]][] = [
      ["köln", ["msg_body"]],
      ["% OF", ["msg_reason"]],
      ["%", ["msg_reason"]],
      ["AGENT_off", ["msg_code"]],
      ["g_n", ["msg_NUL"]],
      ["needle", ["msg_NUL"]],
      ["' or 1=1 --", []],
      ["  ", ["msg_NUL", "msg_code", "msg_reason", "msg_body"]],
    ];
    for (const [query, ids] of CASES) assert.deepEqual(await find(query), ids, query);
    await rejects(find("a".repeat(201)), "invalid_message");
    assert.deepEqual((await deadLetters.list(otherTenant, { limit: 10, query: "needle" })).items, []);
  },

  async "dead letters of one queue are listed, and searched, page by page"({ deadLetters }) {
    for (const [index, queue] of ["tasks", "other", "tasks", "tasks", "task"].entries()) {
      await deadLetters.add(server, letter({ id: `${index}`, queue, reason: index === 2 ? "odd" : "usual" }));
    }
    const filter = { queue: "tasks", query: "usual" };
    const first = await deadLetters.list(server, { limit: 1, ...filter });
    const cursor = first.next_cursor ?? "";
    const second = await deadLetters.list(server, { limit: 1, cursor, ...filter });
    assert.deepEqual([...first.items, ...second.items].map(({ id }) => id), ["3", "0"]);
    assert.equal(second.next_cursor, null);
    const all = await deadLetters.list(server, { limit: 10, queue: "tasks" });
    assert.deepEqual(all.items.map(({ id }) => id), ["3", "2", "0"]);
  },

  async "remove() tells whether there was such a dead letter"({ deadLetters }) {
    await deadLetters.add(server, letter({}));
    assert.equal(await deadLetters.remove(server, "msg_1"), true);
    assert.equal(await deadLetters.remove(server, "msg_1"), false);
    assert.deepEqual((await deadLetters.list(server, { limit: 10 })).items, []);
  },
};
