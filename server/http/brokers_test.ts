/** `/api/brokers`: what brokers say of themselves, whichever way they came in. */
import assert from "node:assert/strict";
import { openStore } from "../../shared/store/open.ts";
import { startEdge } from "../grpc/testing/edge.ts";
import { TestPeer } from "../grpc/testing/peer.ts";
import { Hub } from "../testing/hub.ts";
import { askFor } from "./testing/ask.ts";

type Brokers = { items: Record<string, unknown>[] };

const SAID = { version: "1.2.3", hostname: "mars" };

Deno.test("/api/brokers has the version and the host that a broker tells on its socket, also after a restart", async () => {
  await using store = await openStore("sqlite::memory:");
  const shown = async (hub: Hub) =>
    (await askFor<Brokers>(hub, "GET /api/brokers")).body.items.map(({ broker_id, version, hostname }) => [
      broker_id,
      version,
      hostname,
    ]).sort();
  const expected = [["broker_1", "1.2.3", "mars"], ["broker_2", "", ""]];
  {
    await using hub = await Hub.open({ store });
    await using first = await hub.socket();
    await using second = await hub.socket();
    const frame = { message_type: "REGISTER_BROKER", broker_name: "Router" };
    await first.ask({ ...frame, broker_id: "broker_1", ...SAID }, "REGISTER_BROKER_RESPONSE");
    await second.ask({ ...frame, broker_id: "broker_2" }, "REGISTER_BROKER_RESPONSE");
    assert.deepEqual(await shown(hub), expected);
  }
  await using hub = await Hub.open({ store });
  assert.deepEqual(await shown(hub), expected);
});

Deno.test("what a broker tells of itself is at most 200 characters, on one line", async () => {
  await using hub = await Hub.open();
  await using socket = await hub.socket();
  const frame = { message_type: "REGISTER_BROKER", broker_name: "Router" };
  const { code } = await socket.ask({ ...frame, hostname: "x".repeat(201) }, "ERROR");
  assert.equal(code, "invalid_message");
  await using other = await hub.socket();
  await other.ask({ ...frame, hostname: "mars\n\u001b[31mred" }, "REGISTER_BROKER_RESPONSE");
  const { body } = await askFor<Brokers>(hub, "GET /api/brokers");
  assert.doesNotMatch(String(body.items[0]?.hostname), /\p{Cc}/u);
});

Deno.test("a broker tells its version and host over gRPC, too", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  await peer.registerBroker("broker_1", SAID);
  const [{ version, hostname } = {}] = edge.roster.brokers.list();
  assert.deepEqual({ version, hostname }, SAID);
});
