/** Cases: sessions and the frames kept for them. */
import assert from "node:assert/strict";
import type { StoreCase } from "../conformance.ts";
import type { FrameRow, Store } from "../store.ts";
import { FUTURE, otherTenant, PAST, rejects, server, session } from "./fixtures.ts";

const OLD = "2026-01-01T00:00:00.000Z";
const NOW = "2026-01-02T00:00:00.000Z";
const NEW = "2026-01-03T00:00:00.000Z";

const frame = (seq: number, at = NEW): FrameRow => ({ seq, body: `{"seq":${seq}}`, at });

const range = (first: number, last: number): FrameRow[] =>
  Array.from({ length: last - first + 1 }, (_, index) => frame(first + index));

async function seqs({ sessions }: Store, frontendId: string): Promise<number[]> {
  return (await sessions.framesAfter(server, frontendId, 0, 100_000)).map(({ seq }) => seq);
}

export const sessionCases: Record<string, StoreCase> = {
  async "a session is found by its id and by its token, with its tenant"({ sessions }) {
    const own = session();
    await sessions.create(otherTenant, own);
    assert.deepEqual(await sessions.byId(otherTenant, own.frontend_id), own);
    assert.deepEqual(await sessions.byToken(own.token_hash), { ...own, tenant_id: "other" });
    assert.equal(await sessions.byToken("unknown"), undefined);
    assert.equal(await sessions.byId(server, own.frontend_id), undefined);
  },

  async "create() of a known id or token is a conflict"({ sessions }) {
    const own = session();
    await sessions.create(server, own);
    await rejects(sessions.create(server, session({ frontend_id: own.frontend_id })), "conflict");
    await rejects(sessions.create(otherTenant, session({ token_hash: own.token_hash })), "conflict");
    assert.deepEqual(await sessions.byId(server, own.frontend_id), own);
  },

  async "give() gives a session to a server if it is still the other's, or nobody's"({ sessions }) {
    const own = session({ server_id: null });
    await sessions.create(server, own);
    const give = (from: string | null, to: string) => sessions.give(server, own.frontend_id, { from, to });
    assert.equal(await give("server_1", "server_2"), false);
    assert.equal(await give(null, "server_1"), true);
    assert.equal(await give(null, "server_2"), false);
    assert.equal(await give("server_1", "server_2"), true);
    assert.equal((await sessions.byId(server, own.frontend_id))?.server_id, "server_2");
    assert.equal(
      await sessions.give(otherTenant, own.frontend_id, { from: "server_2", to: "server_1" }),
      false,
    );
  },

  async "touch() gives back the numbers beyond the one used last, and reserves none with it"({ sessions }) {
    const own = session({ reserved_seq: 1000 });
    await sessions.create(server, own);
    await sessions.touch(server, own.frontend_id, { last_seq: 20 });
    await sessions.touch(server, own.frontend_id, { last_seq: 30 });
    assert.equal((await sessions.byId(server, own.frontend_id))?.reserved_seq, 20);
  },
  async "touch() changes what is given, and reserved numbers only rise"({ sessions }) {
    const own = session({ reserved_seq: 10 });
    await sessions.create(server, own);
    await sessions.touch(server, own.frontend_id, { last_seen: NOW });
    await sessions.touch(server, own.frontend_id, { reserved_seq: 50 });
    await sessions.touch(server, own.frontend_id, { reserved_seq: 20 });
    await sessions.touch(server, own.frontend_id, {});
    await sessions.touch(server, "web_unknown", { last_seen: NOW, reserved_seq: 1 });
    const expected = { ...own, last_seen: NOW, reserved_seq: 50 };
    assert.deepEqual(await sessions.byId(server, own.frontend_id), expected);
  },

  async "framesAfter() gives what follows a number, rising, up to the limit"({ sessions }) {
    await sessions.addFrames(server, "web_1", [frame(1), frame(2)]);
    await sessions.addFrames(server, "web_2", [frame(2)]);
    await sessions.addFrames(server, "web_1", [frame(3), frame(11)]);
    assert.deepEqual(await sessions.framesAfter(server, "web_1", 1, 2), [frame(2), frame(3)]);
    assert.deepEqual(await sessions.framesAfter(server, "web_1", 3, 9), [frame(11)]);
    assert.deepEqual(await sessions.framesAfter(server, "web_1", 11, 9), []);
  },

  async "framesAfter() gives back each frame as it was, from many added together"({ sessions }) {
    const body = (seq: number) =>
      JSON.stringify({ seq, text: `1 2 "x" \n \u2028 \0 ${"long ".repeat(seq)}` });
    const frames = Array.from(
      { length: 700 },
      (_, index) => ({ seq: index + 1, body: body(index + 1), at: NEW }),
    );
    await sessions.addFrames(server, "web_1", frames);
    assert.deepEqual(await sessions.framesAfter(server, "web_1", 0, 10_000), frames);
    assert.deepEqual(await sessions.framesAfter(server, "web_1", 30, 600), frames.slice(30, 630));
  },

  async "framesAfter() gives back large frames, and at most as many as asked for"({ sessions }) {
    const frames = Array.from(
      { length: 40 },
      (_, index) => ({ ...frame(index + 1), body: `"${"x".repeat(100_000)}"` }),
    );
    frames.push({ ...frame(41), body: `"${"y".repeat(2 ** 20)}"` });
    await sessions.addFrames(server, "web_1", frames);
    assert.deepEqual(await sessions.framesAfter(server, "web_1", 0, 1), frames.slice(0, 1));
    assert.deepEqual(await sessions.framesAfter(server, "web_1", 5, 100), frames.slice(5));
  },

  async "addFrames() refuses numbers that do not rise, and what is no JSON on one line"({ sessions }) {
    await sessions.addFrames(server, "web_1", [frame(1), frame(2), frame(3)]);
    await rejects(sessions.addFrames(server, "web_1", [frame(2), frame(4)]), "internal");
    await rejects(sessions.addFrames(server, "web_1", [frame(5), frame(5)]), "internal");
    await rejects(sessions.addFrames(server, "web_1", [{ ...frame(6), body: "{\n}" }]), "internal");
    await sessions.addFrames(server, "web_1", [frame(7)]);
    const kept = await sessions.framesAfter(server, "web_1", 0, 9);
    assert.deepEqual(kept.map(({ seq }) => seq), [1, 2, 3, 7]);
  },

  async "prune() drops old frames"(store) {
    const { sessions } = store;
    await sessions.create(server, session({ frontend_id: "web_1", last_seen: NEW }));
    await sessions.addFrames(server, "web_1", [frame(1, OLD), frame(2, OLD)]);
    await sessions.addFrames(server, "web_1", [frame(3, NOW), frame(4)]);
    await sessions.addFrames(otherTenant, "web_1", [frame(1, OLD)]);
    await sessions.prune(server, NOW, 100);
    assert.deepEqual(await seqs(store, "web_1"), [3, 4]);
    assert.equal((await sessions.framesAfter(otherTenant, "web_1", 0, 9)).length, 1);
  },

  async "prune() keeps the newest numbers of each session, however many frames there are"(store) {
    const { sessions } = store;
    for (const [id, frames] of [["web_1", 1_300], ["web_2", 5], ["web_3", 3]] as const) {
      await sessions.create(server, session({ frontend_id: id, last_seen: NEW }));
      const singles = Array.from({ length: frames }, (_, index) => frame(10 * index + 1));
      await Promise.all(singles.map((single) => sessions.addFrames(server, id, [single])));
    }
    await sessions.prune(server, PAST, 30);
    assert.deepEqual(await seqs(store, "web_1"), [12_971, 12_981, 12_991]);
    assert.deepEqual(await seqs(store, "web_2"), [21, 31, 41]);
    assert.deepEqual(await seqs(store, "web_3"), [1, 11, 21]);
    await sessions.prune(server, PAST, 0);
    assert.deepEqual(await seqs(store, "web_1"), []);
  },

  async "prune() drops of what was added together at most what it should, and what is all too old"(store) {
    const { sessions } = store;
    await sessions.create(server, session({ frontend_id: "web_1", last_seen: NEW }));
    await sessions.addFrames(server, "web_1", range(1, 1_000));
    await sessions.addFrames(server, "web_1", range(1_001, 2_000));
    await sessions.prune(server, PAST, 500);
    const left = await seqs(store, "web_1");
    assert.ok(left[0]! > 1_000 && left[0]! <= 1_501, `frames from ${left[0]} are left`);
    assert.deepEqual(left, range(left[0]!, 2_000).map(({ seq }) => seq));
  },

  async "prune() looks at every session, of which there may be many"(store) {
    const { sessions } = store;
    const ids = Array.from({ length: 50 }, (_, index) => `web_${index}`);
    await Promise.all(ids.map(async (id) => {
      await sessions.create(server, session({ frontend_id: id, last_seen: NEW }));
      await sessions.addFrames(server, id, [frame(1)]);
      await sessions.addFrames(server, id, [frame(2)]);
    }));
    await sessions.prune(server, PAST, 1);
    for (const id of ids) assert.deepEqual(await seqs(store, id), [2]);
  },

  async "prune() drops sessions not seen since that have no frames"({ sessions }) {
    const kinds = { gone: OLD, seen: NEW, unread: OLD };
    for (const [id, last_seen] of Object.entries(kinds)) {
      await sessions.create(server, session({ frontend_id: id, last_seen }));
    }
    await sessions.addFrames(server, "unread", [frame(1)]);
    await sessions.prune(server, NOW, 10);
    const left = await Promise.all(Object.keys(kinds).map((id) => sessions.byId(server, id)));
    assert.deepEqual(left.map(Boolean), [false, true, true]);
    await sessions.prune(server, FUTURE, 10);
    assert.equal(await sessions.byId(server, "unread"), undefined);
  },
};
