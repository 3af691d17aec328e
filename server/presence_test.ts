/** Presence as clients see it, over real sockets and HTTP, at times that the tests set. */
import { strict as assert } from "node:assert";
import { openBus } from "../shared/bus/open.ts";
import { withRetry } from "../shared/bus/retry.ts";
import { AGENT_METADATA_QUEUE, SERVER_ADVERTISEMENT_QUEUE } from "../shared/model/queue.ts";
import type { AgentInfo } from "../shared/model/agent.ts";
import type { Availability } from "../shared/model/presence.ts";
import { FakeClock } from "./presence/fake_clock.ts";
import type { Client } from "./testing/client.ts";
import { TestPeer } from "./grpc/testing/peer.ts";
import { Hub } from "./testing/hub.ts";

const ADA = { agent_id: "agent_ada", agent_name: "Ada" };

/** With a clock that stands still, news are told at once or after 20 ms of it. */
async function atSetTimes(play: (scene: { hub: Hub; clock: FakeClock }) => Promise<void>): Promise<void> {
  const clock = new FakeClock(Date.now());
  await using hub = await Hub.open({ clock });
  await play({ hub, clock });
}

async function scene(play: (hub: Hub) => Promise<void>): Promise<void> {
  await using hub = await Hub.open();
  await play(hub);
}

/** Waits until the frontend is told that an agent is as said. */
async function shows(frontend: Client, expected: Partial<AgentInfo>): Promise<AgentInfo> {
  const fits = (agent: AgentInfo) =>
    Object.entries(expected).every(([name, value]) => agent[name as keyof AgentInfo] === value);
  const frame = await frontend.next(({ agents }) => Array.isArray(agents) && agents.some(fits));
  return (frame.agents as AgentInfo[]).find(fits)!;
}

/** What HTTP gives: an agent, a list of brokers, a history or a problem, each with some of these. */
interface Body {
  is_online: boolean;
  last_seen: string;
  items: { is_online: boolean; reason: string }[];
  next_cursor: string;
  availability: Availability;
  code: string;
  detail: string;
}

async function get(hub: Hub, path: string): Promise<{ status: number; body: Body }> {
  const response = await fetch(`${hub.http}${path}`);
  return { status: response.status, body: await response.json() };
}

Deno.test("an agent on a socket is asked at the interval, offline after the timeout, and back with a PONG", () =>
  atSetTimes(async ({ hub, clock }) => {
    await using frontend = await hub.frontend();
    await using agent = await hub.agent(ADA);
    await shows(frontend, { agent_id: "agent_ada", is_online: true });
    clock.advance(10_000);
    await agent.type("PING");
    clock.advance(5_000);
    await shows(frontend, { agent_id: "agent_ada", is_online: false, status: "offline" });
    clock.advance(20);
    agent.send({ message_type: "PONG", agent_id: "agent_ada" });
    await shows(frontend, { agent_id: "agent_ada", is_online: true });
  }));

Deno.test("whatever an agent sends is a sign of life, also what is refused", () =>
  atSetTimes(async ({ hub, clock }) => {
    await using agent = await hub.agent(ADA);
    const isOnline = async () => (await get(hub, "/api/agents/agent_ada")).body.is_online;
    for (const frame of [{ message_type: "NONSENSE" }, "no JSON", { message_type: "REQUEST_AGENT_STATUS" }]) {
      clock.advance(14_000);
      agent.send(frame);
      await agent.next(({ message_type }) =>
        message_type === "ERROR" || message_type === "AGENT_STATUS_UPDATE"
      );
      assert.equal(await isOnline(), true);
    }
    clock.advance(15_000);
    assert.equal(await isOnline(), false);
  }));

Deno.test("a broker on a socket is shown, offline when it leaves two heartbeats unanswered, and back with a PONG", () =>
  atSetTimes(async ({ hub, clock }) => {
    await using router = await openBroker(hub);
    const isOnline = async () => (await get(hub, "/api/brokers")).body.items[0]!.is_online;
    assert.equal(await isOnline(), true);
    clock.advance(10_000);
    await router.type("SERVER_HEARTBEAT");
    await router.ask({ message_type: "PING" }, "PONG");
    clock.advance(20_999);
    assert.equal(await isOnline(), true);
    clock.advance(1);
    assert.equal(await isOnline(), false);
    await router.ask({ message_type: "PING" }, "PONG");
    assert.equal(await isOnline(), true);
    const { body } = await get(hub, "/api/brokers/broker_r/history");
    const reasons = body.items.map(({ reason }) => reason);
    assert.deepEqual(reasons, ["heard of again", "timed out", "connected", "registered"]);
  }));

async function openBroker(hub: Hub): Promise<Client> {
  const client = await hub.socket();
  const { session_token } = await client.ask(
    { message_type: "REGISTER_BROKER", broker_name: "Router", broker_id: "broker_r" },
    "REGISTER_BROKER_RESPONSE",
  );
  assert.match(String(session_token), /^[\w-]{43}$/);
  return client;
}

Deno.test("every connection gets the server's heartbeat every 10 s", () =>
  atSetTimes(async ({ hub, clock }) => {
    await using frontend = await hub.frontend();
    await using agent = await hub.agent(ADA);
    await using broker = await openBroker(hub);
    clock.advance(10_000);
    for (const client of [frontend, agent, broker]) {
      const { sender_id, timestamp } = await client.type("SERVER_HEARTBEAT");
      assert.equal(sender_id, "server");
      assert.ok(Date.parse(String(timestamp)));
    }
  }));

Deno.test("everybody is told of everybody again after PERIODIC_STATUS_INTERVAL, and brokers of the earlier form of the server", async () => {
  const clock = new FakeClock(Date.now());
  await using bus = withRetry(await openBus("sqlite::memory:"));
  const advertised = async () => {
    const [delivery] = await bus.pull(SERVER_ADVERTISEMENT_QUEUE, { limit: 1, blockMs: 30_000 });
    await delivery!.settle({ kind: "ack" });
    return JSON.parse(String(delivery!.envelope.body)).message_type;
  };
  await using hub = await Hub.open({ clock, bus, env: { PERIODIC_STATUS_INTERVAL: "30" } });
  await using frontend = await hub.frontend();
  assert.equal((await frontend.type("AGENT_STATUS_UPDATE")).is_full_update, true);
  assert.equal(await advertised(), "SERVER_AVAILABLE");
  clock.advance(30_000);
  assert.equal((await frontend.type("AGENT_STATUS_UPDATE")).is_full_update, true);
  assert.equal(await advertised(), "SERVER_AVAILABLE");
});

Deno.test("what an agent says of itself is shown, its capabilities as a list or as a map", () =>
  scene(async (hub) => {
    await using frontend = await hub.frontend();
    const said = { version: "1.2", hostname: "box", platform: "linux", agent_role: "worker" };
    await using _map = await hub.agent({
      ...ADA,
      ...said,
      max_concurrent_tasks: 4,
      capabilities: { sql: "", chat: "TRUE", python: true, region: "eu" },
    });
    await using _list = await hub.agent({ agent_id: "agent_bob", agent_name: "Bob", capabilities: ["chat"] });
    const info = await shows(frontend, { agent_id: "agent_ada" });
    const { last_seen: _, ...shown } = info;
    assert.deepEqual(shown, {
      ...ADA,
      ...said,
      is_online: true,
      status: "idle",
      status_text: "",
      capabilities: ["sql", "chat", "python"],
      attributes: { region: "eu" },
      current_tasks: 0,
      max_concurrent_tasks: 4,
      load_factor: 0,
      metrics: {},
    });
    assert.deepEqual((await shows(frontend, { agent_id: "agent_bob" })).capabilities, ["chat"]);
    const { last_seen, ...asked } = (await get(hub, "/api/agents/agent_ada")).body;
    assert.deepEqual(asked, shown);
    assert.ok(last_seen >= info.last_seen);
  }));

/** Metrics, and the code of what is wrong with them. */
const BAD_METRICS: [string, unknown, string][] = [
  ["that are no object", "full", "invalid_message"],
  ["that are a list", ["1"], "invalid_message"],
  ["with a number", { load: 0.5 }, "invalid_message"],
  ["with an object", { load: { cpu: "1" } }, "invalid_message"],
  ["with what cannot be written as a text", { load: { toString: 1, valueOf: 1 } }, "invalid_message"],
  ["with a long list", { load: ["x".repeat(100_000)] }, "invalid_message"],
  ["over 16 KiB", { log: "x".repeat(16 * 1024) }, "too_large"],
];

Deno.test("a heartbeat with metrics that cannot be taken is refused, though the agent was heard of", async (t) => {
  await atSetTimes(async ({ hub, clock }) => {
    await using agent = await hub.agent(ADA);
    for (const [says, metrics, code] of BAD_METRICS) {
      await t.step(`metrics ${says}`, async () => {
        clock.advance(14_000);
        const error = await agent.ask({ message_type: "HEARTBEAT", status: "busy", metrics }, "ERROR");
        assert.equal(error.code, code);
        assert.match(error.text_payload, /'metrics/);
        assert.ok(error.text_payload.length < 200);
        assert.equal((await get(hub, "/api/agents/agent_ada")).body.is_online, true);
      });
    }
  });
});

Deno.test("a heartbeat whose status is no text is refused", () =>
  scene(async (hub) => {
    await using agent = await hub.agent(ADA);
    const error = await agent.ask({ message_type: "HEARTBEAT", status: { a: 1 } }, "ERROR");
    assert.equal(error.code, "invalid_message");
    assert.match(error.text_payload, /'status'/);
  }));

Deno.test("a broker of the earlier form tells of a client that is gone, which counts for who is not connected here", () =>
  scene(async (hub) => {
    await using frontend = await hub.frontend();
    await using _connected = await hub.agent(ADA);
    // One that lives by heartbeats has nothing that could break.
    using peer = new TestPeer(`127.0.0.1:${hub.server.grpcPort}`);
    await peer.register({ agentId: "agent_cem" });
    await shows(frontend, { agent_id: "agent_cem", is_online: true });
    {
      await using agent = await hub.agent({ agent_id: "agent_bob", agent_name: "Bob" });
      agent.send({ message_type: "PONG", agent_id: "agent_bob" });
    }
    await shows(frontend, { agent_id: "agent_bob", is_online: false });
    const gone = (client_id: string) => ({ message_type: "CLIENT_DISCONNECTED", client_id });
    for (const id of ["agent_ada", "agent_nobody", "", "agent_cem"]) {
      await hub.publish(gone(id), AGENT_METADATA_QUEUE);
    }
    await shows(frontend, { agent_id: "agent_cem", is_online: false });
    await hub.publish({ message_type: "REGISTER_BROKER", broker_id: "broker_old" }, AGENT_METADATA_QUEUE);
    const isKnown = async () => (await get(hub, "/api/brokers")).body.items.length > 0;
    while (!await isKnown()) await frontend.ask({ message_type: "PING" }, "PONG");
    assert.equal((await get(hub, "/api/agents/agent_ada")).body.is_online, true);
  }));

Deno.test("the history over HTTP has pages, a period, and the availability in it", () =>
  scene(async (hub) => {
    await using frontend = await hub.frontend();
    for (let coming = 0; coming < 3; coming++) {
      await using _agent = await hub.agent(ADA);
    }
    await shows(frontend, { agent_id: "agent_ada", is_online: false });
    const path = "/api/agents/agent_ada/history";
    const { body } = await get(hub, `${path}?limit=4`);
    const reasons = body.items.map(({ reason }) => reason);
    assert.deepEqual(reasons, ["disconnected", "registered", "disconnected", "registered"]);
    assert.deepEqual(Object.keys(body.items[0]!), ["at", "status", "is_online", "reason"]);
    const rest = (await get(hub, `${path}?limit=4&cursor=${body.next_cursor}`)).body;
    assert.equal(rest.items.length, 2);
    assert.equal(rest.next_cursor, null);
    assert.equal(rest.availability, null);
    const { online_ms, known_ms, ratio } = body.availability;
    assert.ok(online_ms <= known_ms && ratio! >= 0 && ratio! <= 1);
    const before = (await get(hub, `${path}?to=2020-01-01T00:00:00Z`)).body;
    assert.deepEqual(before.items, []);
    assert.equal(before.availability.ratio, null);
  }));

Deno.test("a history that cannot be given says why", () =>
  scene(async (hub) => {
    await using _agent = await hub.agent(ADA);
    const path = "/api/agents/agent_ada/history";
    for (
      const [asked, status, code, words] of [
        ["/api/agents/agent_nobody/history", 404, "not_found", /agent_nobody/],
        ["/api/brokers/agent_ada/history", 404, "not_found", /agent_ada/],
        [`${path}?from=yesterday`, 422, "invalid_message", /'from'/],
        [`${path}?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z`, 422, "invalid_message", /'from'/],
        [`${path}?limit=101`, 422, "invalid_message", /'limit'/],
        [`${path}?cursor=x`, 422, "invalid_message", /cursor/],
      ] as const
    ) {
      const answer = await get(hub, asked);
      assert.deepEqual([answer.status, answer.body.code], [status, code], asked);
      assert.match(answer.body.detail, words);
    }
  }));
