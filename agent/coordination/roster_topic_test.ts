import assert from "node:assert/strict";
import { openBus } from "../../shared/bus/open.ts";
import type { PeerRow, RosterStore } from "../../shared/store/store.ts";
import { COORDINATION_TENANT, peerOf } from "./presence.ts";
import { openRosterTopic } from "./roster_topic.ts";

const PRINCIPAL = { kind: "server", id: "ada", tenantId: COORDINATION_TENANT } as const;

function peer(id: string, atMs = Date.now()): PeerRow {
  return peerOf({ agentId: id, agentRole: "worker", capabilities: ["x"] }, atMs);
}

/** Resolves once `roster` lists what `isSo`: events are on their way for a moment. */
async function until(roster: RosterStore, isSo: (rows: PeerRow[]) => boolean): Promise<void> {
  while (!isSo(await roster.list(PRINCIPAL))) await new Promise((resolve) => setTimeout(resolve));
}

Deno.test("each process learns of the agents of the others, those that were there before included", async () => {
  await using bus = await openBus("sqlite::memory:");
  await using early = await openRosterTopic(bus);
  await early.save(PRINCIPAL, peer("ada"));
  await using late = await openRosterTopic(bus);
  await until(late, (rows) => rows.length === 1 && rows[0]!.id === "ada");
  await late.save(PRINCIPAL, peer("bob"));
  await until(early, (rows) => rows.map(({ id }) => id).join() === "ada,bob");
});

Deno.test("signs of life and departures are told, and an event that comes late changes nothing", async () => {
  await using bus = await openBus("sqlite::memory:");
  await using one = await openRosterTopic(bus);
  await using other = await openRosterTopic(bus);
  await one.save(PRINCIPAL, peer("ada", 1_000));
  await one.seen(PRINCIPAL, [{ id: "ada", last_seen: "2024-01-15T10:30:00.000Z", status: "busy" }]);
  await until(other, ([ada]) => ada?.status === "busy");
  await bus.emit("coordination_roster", { kind: "is", peer: peer("ada", 1_000) });
  await one.save(PRINCIPAL, peer("bob"));
  await until(other, (rows) => rows.length === 2);
  assert.equal((await other.list(PRINCIPAL))[0]!.status, "busy");
  await other.remove(PRINCIPAL, "ada");
  await until(one, (rows) => rows.length === 1);
});
