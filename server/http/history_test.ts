import assert from "node:assert/strict";
import { serverPrincipal } from "../../shared/model/principal.ts";
import type { PresenceChange } from "../../shared/model/presence.ts";
import type { HistoryStore } from "../../shared/store/store.ts";
import { measure } from "./history.ts";

const PAGES = 20;
const at = (ms: number) => new Date(ms).toISOString();
const change = (ms: number): PresenceChange => ({
  id: "agent_1",
  kind: "agent",
  at: at(ms),
  status: "idle",
  is_online: ms % 2 === 0,
  reason: "connected",
});

Deno.test("measure() reads every page, and lets others have their turn between", async () => {
  let turns = 0;
  let isOver = false;
  const turn = () => {
    turns++;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  const history = {
    lastBefore: () => Promise.resolve(undefined),
    list: (_principal: unknown, _id: string, { cursor = String(PAGES) }: { cursor?: string }) => {
      const left = Number(cursor) - 1;
      return Promise.resolve({ items: [change(left)], next_cursor: left > 0 ? String(left) : null });
    },
  } as unknown as HistoryStore;
  const period = { from: 0, to: PAGES, now: PAGES };
  const found = await measure(history, { principal: serverPrincipal("server_1"), id: "agent_1", period });
  isOver = true;
  assert.deepEqual([found.known_ms, found.online_ms], [PAGES, PAGES / 2]);
  assert.ok(turns >= PAGES - 1, `${turns} turns`);
  await new Promise((resolve) => setImmediate(resolve));
});
