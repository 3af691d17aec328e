/** Cases: the history of presence. */
import assert from "node:assert/strict";
import type { StoreCase } from "../conformance.ts";
import type { PresenceChange } from "../../model/presence.ts";
import type { HistoryStore, Page } from "../store.ts";
import { FUTURE, otherTenant, PAST, rejects, server } from "./fixtures.ts";

const DAY = (day: number) => `2026-01-${String(day).padStart(2, "0")}T00:00:00.000Z`;

const change = (fields: Partial<PresenceChange> = {}): PresenceChange => ({
  id: "agent_1",
  kind: "agent",
  at: DAY(1),
  status: "idle",
  is_online: true,
  reason: "registered",
  ...fields,
});

/** A change for each day of January up to `count`. */
const days = (count: number, fields: Partial<PresenceChange> = {}) =>
  Array.from({ length: count }, (_, index) => change({ ...fields, at: DAY(index + 1) }));

const datesOf = ({ items }: Page<PresenceChange>) => items.map(({ at }) => Number(at.slice(8, 10)));

async function kept(history: HistoryStore, id = "agent_1"): Promise<number[]> {
  return datesOf(await history.list(server, id, { limit: 500 }));
}

export const historyCases: Record<string, StoreCase> = {
  async "a presence change is kept as it was"({ history }) {
    const changes = [
      change(),
      change({ status: "offline", is_online: false, reason: "paused by web_ada ‘for a while’" }),
    ];
    await history.add(server, changes);
    const { items } = await history.list(server, "agent_1", { limit: 10 });
    assert.deepEqual(items, changes.toReversed());
    assert.deepEqual(await history.list(server, "agent_2", { limit: 10 }), { items: [], next_cursor: null });
  },

  async "history lists one peer's changes, newest first, in the order given"({ history }) {
    await Promise.all([
      history.add(server, days(3)),
      history.add(server, days(2, { id: "broker_1", kind: "broker" })),
      history.add(server, [change({ at: DAY(5) }), change({ at: DAY(4) })]),
    ]);
    assert.deepEqual(await kept(history), [4, 5, 3, 2, 1]);
    assert.deepEqual(await kept(history, "broker_1"), [2, 1]);
  },

  async "history lists from a time on and before another"({ history }) {
    await history.add(server, days(9));
    const list = async (period: { from?: string; to?: string }) =>
      datesOf(await history.list(server, "agent_1", { limit: 100, ...period }));
    assert.deepEqual(await list({ from: DAY(8) }), [9, 8]);
    assert.deepEqual(await list({ to: DAY(3) }), [2, 1]);
    assert.deepEqual(await list({ from: DAY(4), to: DAY(6) }), [5, 4]);
    assert.deepEqual(await list({ from: FUTURE }), []);
  },

  async "pages of history give each change once, newest first, though more are added meanwhile"({ history }) {
    await history.add(server, days(7));
    const read: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await history.list(server, "agent_1", { limit: 3, ...(cursor ? { cursor } : {}) });
      read.push(...datesOf(page));
      await history.add(server, [change({ at: DAY(20) })]);
      cursor = page.next_cursor ?? undefined;
    } while (cursor);
    assert.deepEqual(read, [7, 6, 5, 4, 3, 2, 1]);
  },

  async "history refuses a limit out of range and a cursor of another list"({ history }) {
    for (const limit of [0, -1, 1.5, NaN, 501]) {
      await rejects(history.list(server, "agent_1", { limit }), "invalid_message");
    }
    for (const cursor of ["", "history:0", "commands:3", "3"]) {
      await rejects(history.list(server, "agent_1", { limit: 3, cursor }), "invalid_message");
    }
  },

  async "lastBefore() finds how a peer was before a time"({ history }) {
    await history.add(server, days(5));
    assert.deepEqual(await history.lastBefore(server, "agent_1", DAY(3)), change({ at: DAY(2) }));
    assert.deepEqual(await history.lastBefore(server, "agent_1", FUTURE), change({ at: DAY(5) }));
    assert.equal(await history.lastBefore(server, "agent_1", PAST), undefined);
    assert.equal(await history.lastBefore(server, "agent_2", FUTURE), undefined);
  },

  async "history is a tenant's own"({ history }) {
    await history.add(server, days(2));
    await history.add(otherTenant, days(3));
    await history.prune(otherTenant, FUTURE, 1_000);
    assert.deepEqual(await kept(history), [2, 1]);
    assert.deepEqual(await history.list(otherTenant, "agent_1", { limit: 10 }), {
      items: [],
      next_cursor: null,
    });
    assert.equal(await history.lastBefore(otherTenant, "agent_1", FUTURE), undefined);
  },

  async "prune() of history drops what is old, and of each peer what is beyond the newest"({ history }) {
    await history.add(server, [...days(9), ...days(4, { id: "agent_2" }), ...days(1, { id: "agent_3" })]);
    await history.prune(server, DAY(3), 2);
    assert.deepEqual(await kept(history), [9, 8]);
    assert.deepEqual(await kept(history, "agent_2"), [4, 3]);
    assert.deepEqual(await kept(history, "agent_3"), []);
  },

  async "prune() of history drops any number"({ history }) {
    const many = Array.from({ length: 1_203 }, () => change());
    await history.add(server, [...many, change({ at: DAY(2) })]);
    await history.prune(server, PAST, 1_003);
    const count = async () => (await history.list(server, "agent_1", { limit: 500 })).next_cursor !== null;
    assert.equal(await count(), true);
    await history.prune(server, PAST, 3);
    assert.deepEqual(await kept(history), [2, 1, 1]);
    await history.prune(server, DAY(2), 3);
    assert.deepEqual(await kept(history), [2]);
  },

  async "many history writes at once are all kept, each together"({ history }) {
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        history.add(server, [
          change({ reason: `${index}a` }),
          change({ reason: `${index}b` }),
        ])),
    );
    const { items } = await history.list(server, "agent_1", { limit: 500 });
    const expected = Array.from({ length: 50 }, (_, index) => [`${index}a`, `${index}b`]).flat();
    assert.deepEqual(items.map(({ reason }) => reason).reverse(), expected);
  },
};
