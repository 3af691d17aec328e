/** `/api/stats` and its series, asked of a real server whose clock a test sets. */
import assert from "node:assert/strict";
import type { MessageBus } from "../../shared/bus/bus.ts";
import { openBus } from "../../shared/bus/open.ts";
import { withRetry } from "../../shared/bus/retry.ts";
import type { Point } from "../figures/sampler.ts";
import { FakeClock } from "../presence/fake_clock.ts";
import type { Client, Frame } from "../testing/client.ts";
import { Hub } from "../testing/hub.ts";
import { askFor } from "./testing/ask.ts";

interface Series {
  interval_ms: number;
  points: Point[];
}

/** Has 5 s pass, and gives the series once there are so many points. */
async function next(hub: Hub, clock: FakeClock, count: number): Promise<Point[]> {
  clock.advance(5_000);
  for (;;) {
    const { body } = await askFor<Series>(hub, "GET /api/stats/series");
    assert.equal(body.interval_ms, 5_000);
    if (body.points.length >= count) return body.points;
  }
}

const asksOf = (client: Client) => async (message_id: string, fields: Partial<Frame> = {}) => {
  client.send({ message_type: "TEXT", message_id, text_payload: "hi", ...fields });
  return await client.answer(message_id, fields.receiver_id ? "ERROR" : "REPLY");
};

Deno.test("/api/stats says the version, since when the server runs, and what it stands on, without addresses", async () => {
  const env = {
    BUS_URL: "amqp://ada:hunter2@mars:5672",
    DATABASE_URL: "postgres://ada:hunter2@venus/parley",
  };
  await using hub = await Hub.open({ env, clock: new FakeClock(Date.parse("2026-01-02T03:04:05.000Z")) });
  const { body } = await askFor<Record<string, unknown>>(hub, "GET /api/stats");
  assert.deepEqual([body.version, body.started_at], ["unknown", "2026-01-02T03:04:05.000Z"]);
  assert.deepEqual(body.backends, { bus: "rabbitmq", store: "postgres" });
  assert.doesNotMatch(JSON.stringify(body), /hunter2|mars|venus/);
});

Deno.test("/openapi.json has the shapes of the figures and the errors", async () => {
  await using hub = await Hub.open();
  const { body } = await askFor<{ components: { schemas: Record<string, { required: string[] }> } }>(
    hub,
    "GET /openapi.json",
  );
  const { Stats, StatsPoint, RecentError } = body.components.schemas;
  assert.ok(Stats?.required.includes("backends") && Stats.required.includes("started_at"));
  assert.ok(StatsPoint?.required.includes("queues"));
  assert.ok(RecentError?.required.includes("conversation_id"));
});

Deno.test("the series counts what happened in each interval, and shows how it was at its end", async () => {
  const clock = new FakeClock(Date.parse("2026-01-01T00:00:00.000Z"));
  await using hub = await Hub.open({ clock });
  assert.deepEqual((await askFor<Series>(hub, "GET /api/stats/series")).body.points, []);
  const agent = await hub.agent({ agent_id: "agent_1", capabilities: ["carve"] });
  await using ada = await hub.frontend();
  const asks = asksOf(ada);
  await asks("msg_1");
  await asks("msg_2");
  await asks("msg_3", { receiver_id: "agent_nobody" });
  await hub.publish({ message_type: "TEXT", message_id: "msg_4" }, "agent_queue_agent_gone");
  await hub.publish({ message_type: "TEXT", message_id: "msg_5" }, "agent_queue_agent_lost");
  await askFor(hub, "POST /api/tasks", { task_type: "paint", required_capabilities: ["paint"] });
  const [first] = await next(hub, clock, 1);
  assert.equal(first?.at, "2026-01-01T00:00:05.000Z");
  assert.deepEqual(
    [first.accepted, first.errors, first.agents_online],
    [5, 1, 1],
    "three questions and two replies",
  );
  assert.deepEqual([first.tasks_waiting, first.tasks_held, first.tasks_ended], [1, 0, 0]);
  assert.ok(first.delivered >= 4);
  assert.ok(first.round_trip_p50_ms! > 0 && first.round_trip_p95_ms! >= first.round_trip_p50_ms!);
  assert.ok(first.memory_bytes > 1_000_000);
  assert.equal(first.queues?.["agent_queue_*"], 2);
  assert.equal(first.queues["broker_input_queue"], 0);
  assert.deepEqual(Object.keys(first.queues).filter((name) => /^agent_queue_[^*]/.test(name)), []);

  await agent[Symbol.asyncDispose]();
  while ((await askFor<Frame>(hub, "GET /api/agents/agent_1")).body.is_online) { /* it is being noticed */ }
  ada.send({ message_type: "TEXT", message_id: "msg_6", text_payload: "hi", receiver_id: "agent_1" });
  await ada.status("msg_6", "routed");
  const [, second] = await next(hub, clock, 2);
  assert.deepEqual([second?.accepted, second?.errors, second?.round_trip_p50_ms], [1, 0, null]);
  assert.deepEqual([second?.agents_online, second?.messages_waiting], [0, 1]);

  const since = await askFor<Series>(hub, `GET /api/stats/series?since=${first.at}`);
  assert.deepEqual(since.body.points.map(({ at }) => at), [second?.at]);
  const odd = await askFor<{ code: string }>(hub, "GET /api/stats/series?since=yesterday");
  assert.deepEqual([odd.status, odd.body.code], [422, "invalid_message"]);
});

Deno.test("a bus whose stats hang keeps nobody waiting but who asks for queues, and its points have none", async () => {
  const clock = new FakeClock();
  await using real = withRetry(await openBus("sqlite::memory:"));
  const hangs = { yet: false };
  const stats: MessageBus["stats"] = () => hangs.yet ? new Promise(() => {}) : real.stats();
  const bus: MessageBus = Object.create(real, { stats: { value: stats } });
  await using hub = await Hub.open({ bus, clock });
  hangs.yet = true;
  clock.advance(5_000);
  clock.advance(2_000);
  const points = await next(hub, clock, 2);
  assert.deepEqual(points.map(({ queues }) => queues), [null, null]);
});

Deno.test("a server that ends leaves no sampler behind", async () => {
  const clock = new FakeClock();
  const hub = await Hub.open({ clock });
  const { timers } = clock;
  clock.advance(5_000);
  assert.ok(timers > 0);
  await hub[Symbol.asyncDispose]();
  assert.equal(clock.timers, 0);
});
