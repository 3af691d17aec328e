import { strict as assert } from "node:assert";
import { serverPrincipal } from "../../shared/model/principal.ts";
import { openStore } from "../../shared/store/open.ts";
import type { PeerRow, RosterStore } from "../../shared/store/store.ts";
import { newAgent, toAgentRow } from "./agent.ts";
import { FakeClock } from "./fake_clock.ts";
import { newPeer } from "./peer.ts";
import { checkRegistration } from "./registration.ts";
import { RosterWriter } from "./roster_writer.ts";

const principal = serverPrincipal("server_1");

function rowOf(id: string): PeerRow {
  const peer = newPeer({
    id,
    serverId: "server_1",
    key: "k",
    name: id,
    clock: new FakeClock(),
    connectionType: "grpc",
  });
  const said = checkRegistration({ agentName: id, connectionType: "grpc", delivery: "queue" });
  return toAgentRow(newAgent(peer, said));
}

interface Scene {
  writer: RosterWriter;
  clock: FakeClock;
  ids: () => Promise<string[]>;
  /** How often the store was asked to note who was seen. */
  counts: { seen: number };
}

async function scene(
  save: (store: RosterStore) => RosterStore["save"],
  play: (scene: Scene) => Promise<void>,
): Promise<void> {
  await using store = await openStore("sqlite::memory:");
  const clock = new FakeClock();
  const counts = { seen: 0 };
  const changed: RosterStore = {
    save: save(store.roster),
    seen: (...given) => {
      counts.seen++;
      return store.roster.seen(...given);
    },
    servers: (...given) => store.roster.servers(...given),
    list: (...given) => store.roster.list(...given),
    remove: (...given) => store.roster.remove(...given),
  };
  await using writer = new RosterWriter({ store: changed, principal, clock });
  const ids = async () => (await store.roster.list(principal)).map(({ id }) => id);
  await play({ writer, clock, ids, counts });
}

Deno.test("rows are written together, not one after the other", () => {
  const all = Promise.withResolvers<void>();
  let begun = 0;
  return scene((store) => async (...given) => {
    if (++begun === 3) all.resolve();
    await all.promise;
    await store.save(...given);
  }, async ({ writer, ids }) => {
    const names = ["agent_a", "agent_b", "agent_c"];
    await Promise.all(names.map((id) => writer.save(id, () => rowOf(id))));
    assert.deepEqual(await ids(), names);
  });
});

Deno.test("however much changes while one write runs, one more writes it all", () =>
  scene((store) => (...given) => store.save(...given), async ({ writer, ids, counts }) => {
    const names = Array.from({ length: 20 }, (_, at) => `agent_${String(at).padStart(2, "0")}`);
    const change = (id: string) => {
      writer.seen(id, () => rowOf(id));
      return writer.save(id, () => rowOf(id));
    };
    const written = names.map(change);
    await Promise.resolve();
    await Promise.all([...written, ...names.map(change)]);
    assert.deepEqual(await ids(), names);
    assert.equal(counts.seen, 2);
  }));

Deno.test("a row that cannot be written keeps no other from it, and is tried again", () => {
  let isBroken = true;
  return scene((store) => (who, row) => {
    if (isBroken && row.id === "agent_a") return Promise.reject(new Error("broken"));
    return store.save(who, row);
  }, async ({ writer, clock, ids }) => {
    await Promise.all(["agent_a", "agent_b"].map((id) => writer.save(id, () => rowOf(id))));
    assert.deepEqual(await ids(), ["agent_b"]);
    isBroken = false;
    clock.advance(1_000);
    await writer[Symbol.asyncDispose]();
    assert.deepEqual(await ids(), ["agent_a", "agent_b"]);
  });
});

Deno.test("a frozen writer keeps presence as it was", () =>
  scene((store) => (...given) => store.save(...given), async ({ writer }) => {
    const row = rowOf("agent_a");
    await writer.save(row.id, () => row);
    writer.seen(row.id, () => ({ ...row }));
    writer.freeze();
    row.status = "offline";
    writer.seen(row.id, () => row);
    await writer[Symbol.asyncDispose]();
    const [kept] = await writer.options.store.list(principal);
    assert.notEqual(kept?.status, "offline");
  }));
