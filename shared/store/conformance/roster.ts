/** Cases: agents and brokers. */
import assert from "node:assert/strict";
import type { StoreCase } from "../conformance.ts";
import { peer, server } from "./fixtures.ts";

const LATER = "2026-02-01T00:00:00.000Z";

export const rosterCases: Record<string, StoreCase> = {
  async "save() keeps a peer whole, and a second time in place of the first"({ roster }) {
    const first = peer({
      id: "agent_1",
      attributes: { "ключ": "значение", __proto__x: "1" },
      capabilities: [],
    });
    await roster.save(server, first);
    assert.deepEqual(await roster.list(server), [first]);
    const second = peer({ id: "agent_1", name: "Renamed", status: "busy", last_seen: LATER });
    await roster.save(server, second);
    assert.deepEqual(await roster.list(server), [second]);
  },

  async "save() of one id many times at once keeps the last"({ roster }) {
    const peers = Array.from({ length: 20 }, (_, index) => peer({ id: "agent_1", name: `${index}` }));
    await Promise.all(peers.map((row) => roster.save(server, row)));
    assert.deepEqual(await roster.list(server), [peers.at(-1)]);
  },

  async "seen() changes time and status, and passes over unknown ids"({ roster }) {
    const [one, two] = [peer({ id: "agent_1" }), peer({ id: "agent_2" })];
    await roster.save(server, one);
    await roster.save(server, two);
    const seen = { last_seen: LATER, status: "offline" as const };
    await roster.seen(server, [{ id: "agent_unknown", ...seen }, { id: "agent_2", ...seen }]);
    await roster.seen(server, []);
    assert.deepEqual(await roster.list(server), [one, { ...two, ...seen }]);
  },

  async "servers() gives the servers alone"({ roster }) {
    const one = peer({ id: "server_1", kind: "server", server_id: "server_1" });
    const other = peer({ id: "server", kind: "server", server_id: "server_0" });
    for (const row of [one, other, peer({ id: "agent_1" }), peer({ id: "serverless" })]) {
      await roster.save(server, row);
    }
    assert.deepEqual(await roster.servers(server), [other, one]);
    assert.deepEqual(await roster.servers({ ...server, tenantId: "other" }), []);
  },

  async "remove() removes one peer"({ roster }) {
    await roster.save(server, peer({ id: "agent_1" }));
    await roster.save(server, peer({ id: "broker_1", kind: "broker" }));
    await roster.remove(server, "agent_1");
    await roster.remove(server, "agent_unknown");
    assert.deepEqual((await roster.list(server)).map(({ id }) => id), ["broker_1"]);
  },
};
