/** Cases: dead letters. */
import assert from "node:assert/strict";
import type { StoreCase } from "../conformance.ts";
import type { DeadLetter } from "../../model/dead_letter.ts";
import { server } from "./fixtures.ts";

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

  async "remove() tells whether there was such a dead letter"({ deadLetters }) {
    await deadLetters.add(server, letter({}));
    assert.equal(await deadLetters.remove(server, "msg_1"), true);
    assert.equal(await deadLetters.remove(server, "msg_1"), false);
    assert.deepEqual((await deadLetters.list(server, { limit: 10 })).items, []);
  },
};
