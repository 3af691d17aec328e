import { strict as assert } from "node:assert";
import { AGENT_STATUSES } from "../../shared/model/agent.ts";
import { FakeClock } from "../presence/fake_clock.ts";
import { openRoster } from "../roster.ts";
import { startGrpcServer } from "./server.ts";
import { framesOf, framesOfChange, statusServiceDefinition } from "./status_updates.ts";
import { startEdge } from "./testing/edge.ts";
import { TestPeer } from "./testing/peer.ts";

const MANY = Array.from({ length: 100 }, (_, n) => `${n}`.padEnd(200, "x"));

Deno.test("a subscriber gets everything first, then what changes", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const { id } = await peer.register();
  const broker = await peer.registerBroker();
  await using updates = peer.subscribe(broker.id);
  const full = await updates.next();
  assert.equal(full.isFullUpdate, true);
  assert.partialDeepStrictEqual(full.agents, [{
    agentId: id,
    agentName: "Ada",
    isOnline: true,
    status: "idle",
    agentRole: "worker",
    capabilities: ["chat"],
    maxConcurrentTasks: 2,
    removed: false,
  }]);
  await peer.heartbeat(id, "busy", { current_tasks: "1" });
  const change = await updates.next();
  assert.equal(change.isFullUpdate, false);
  assert.partialDeepStrictEqual(change.agents, [{ agentId: id, status: "busy", loadFactor: 0.5 }]);
});

Deno.test("an open status stream is its broker's presence", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const { id } = await peer.registerBroker("broker_b");
  assert.equal(id, "broker_b");
  {
    await using updates = peer.subscribe(id);
    await updates.next();
    assert.equal(edge.roster.brokers.list()[0]?.is_online, true);
  }
  // The server hears of the end after the client: a call that follows on the same connection comes later still.
  while (edge.roster.brokers.list()[0]?.is_online) await peer.registerBroker("broker_other");
});

Deno.test("whoever shows a wrong key for a broker is told nothing", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const { id } = await peer.registerBroker("broker_b");
  await using updates = peer.subscribe(id, { id, sessionKey: "wrong" });
  assert.equal((await updates.ended).code, 16);
});

Deno.test("a reader that never registered as a broker is told the roster all the same", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  for (const brokerId of ["", "broker_unknown"]) {
    await using updates = peer.subscribe(brokerId);
    assert.equal((await updates.next()).isFullUpdate, true);
  }
});

Deno.test("a full update comes again after each interval", async () => {
  await using edge = await startEdge({ PERIODIC_STATUS_INTERVAL: 0.05 });
  using peer = new TestPeer(edge.address);
  await using updates = peer.subscribe("");
  for (let count = 0; count < 3; count++) assert.equal((await updates.next()).isFullUpdate, true);
});

Deno.test("a slow reader gets the newest state, not a backlog", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const { agentId } = await edge.roster.register({
    agentName: "Ada",
    connectionType: "grpc",
    delivery: "queue",
    capabilities: MANY,
  });
  await using updates = peer.subscribe("");
  await updates.next();
  updates.call.pause();
  const words = AGENT_STATUSES.filter((status) => status === "busy" || status === "idle");
  const heartbeats = 1000;
  let tellings = 0;
  using _counting = edge.roster.onChange(() => tellings++);
  for (let count = 1; count <= heartbeats; count++) {
    const told = new Promise<void>((resolve) => {
      const listening = edge.roster.onChange(() => (listening[Symbol.dispose](), resolve()));
    });
    const metrics = { internal_state: `${count}.`, current_tasks: "0" };
    edge.roster.heartbeat(agentId, { status: words[count % 2] as string, metrics });
    if (count % 10 === 0) await told;
  }
  updates.call.resume();
  let received = 0;
  updates.call.on("data", () => received++);
  const isLast = (text = "") => text.startsWith(`${heartbeats}.`);
  const last = await updates.next(({ agents }) => isLast(agents[0]?.statusText));
  assert.ok(last);
  assert.ok(received < tellings, `received ${received} of ${tellings}`);
});

Deno.test("a full update that is larger than a message comes in frames", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const registering = Array.from({ length: 420 }, (_, n) =>
    edge.roster.register({
      agentName: `Agent ${n}`,
      connectionType: "grpc",
      delivery: "queue",
      capabilities: MANY,
    }));
  await Promise.all(registering);
  await using updates = peer.subscribe("");
  const first = await updates.next();
  assert.equal(first.isFullUpdate, true);
  const ids = new Set(first.agents.map(({ agentId }) => agentId));
  while (ids.size < 420) {
    const { isFullUpdate, agents } = await updates.next();
    assert.equal(isFullUpdate, false);
    for (const { agentId } of agents) ids.add(agentId);
  }
});

Deno.test("framesOf() gives one full frame, empty or not, and the rest as changes", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  for (const id of ["agent_a", "agent_b", "agent_c"]) await peer.register({ agentId: id });
  await using updates = peer.subscribe("");
  const update = await updates.next();
  const shape = (mostBytes: number) =>
    Array.from(framesOf(update, mostBytes), (frame) => [frame.isFullUpdate, frame.agents.length]);
  assert.deepEqual(shape(1), [[true, 1], [false, 1], [false, 1]]);
  assert.deepEqual(shape(1_000_000), [[true, 3]]);
  assert.deepEqual([...framesOf({ agents: [], isFullUpdate: true })], [{ agents: [], isFullUpdate: true }]);
});

Deno.test("after a restart a broker's first update waits for those who were online, 5 s at most", async () => {
  await using edge = await startEdge();
  using before = new TestPeer(edge.address);
  const ada = await before.register({ agentId: "agent_ada" });
  for (const isBack of [true, false]) {
    const clock = new FakeClock();
    await using roster = await openRoster({
      store: edge.store,
      serverId: "server_2",
      config: { AGENT_HEARTBEAT_INTERVAL: 30, AGENT_INACTIVITY_TIMEOUT: 15 },
      clock,
    });
    await using server = await startGrpcServer({ ...edge.options, roster });
    using peer = new TestPeer(`127.0.0.1:${server.port}`);
    await using updates = peer.subscribe("");
    const first = updates.next();
    clock.advance(4_999);
    assert.equal(await Promise.race([first, peer.registerBroker().then(() => "held")]), "held");
    if (isBack) {
      await roster.register({ agentId: ada.id, agentName: "Ada", connectionType: "grpc", delivery: "queue" });
    } else clock.advance(1);
    const { isFullUpdate, agents } = await first;
    assert.deepEqual([isFullUpdate, agents.map(({ isOnline }) => isOnline)], [true, [isBack]]);
  }
});

Deno.test("a change is made and serialised once, however many read it", async () => {
  await using edge = await startEdge();
  using peer = new TestPeer(edge.address);
  await peer.register();
  const changed = edge.roster.list();
  const [frame] = framesOfChange(changed);
  assert.equal(framesOfChange(changed)[0], frame);
  const { responseSerialize } = statusServiceDefinition.subscribeToAgentStatus;
  assert.equal(responseSerialize(frame!), responseSerialize(frame!));
});
