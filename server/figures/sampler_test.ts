import assert from "node:assert/strict";
import type { QueueStats } from "../../shared/bus/bus.ts";
import { FakeClock } from "../presence/fake_clock.ts";
import { RoundTrips } from "./round_trips.ts";
import { INTERVAL_MS, Sampler, type SamplerOptions, type Totals } from "./sampler.ts";

const NOTHING: Totals = {
  accepted: 0,
  delivered: 0,
  dead_letters: 0,
  errors: 0,
  tasks_ended: 0,
  commands_ended: 0,
};
const LEVELS = { agents_online: 2, tasks_waiting: 3, tasks_held: 4, memory_bytes: 5 };

/** A sampler over a clock that stands still, with figures that a test sets. */
function rig(options: Partial<SamplerOptions> = {}) {
  const clock = new FakeClock(Date.parse("2026-01-01T00:00:00.000Z"));
  const counted: Totals = { ...NOTHING };
  const roundTrips = new RoundTrips();
  const queue = (queue: string, ready: number): QueueStats => ({ queue, ready, inFlight: 0, consumers: 0 });
  const sampler = new Sampler({
    clock,
    totals: () => ({ ...counted }),
    levels: () => LEVELS,
    roundTrips: () => roundTrips.take(),
    messagesWaiting: () => Promise.resolve(6),
    queues: () => Promise.resolve([queue("broker_input_queue", 7)]),
    ...options,
  });
  const next = async () => {
    clock.advance(INTERVAL_MS);
    await sampler.taken;
    return sampler.points().at(-1)!;
  };
  return { clock, counted, roundTrips, sampler, next, [Symbol.dispose]: () => sampler[Symbol.dispose]() };
}

Deno.test("a point has the counts of its interval, and how it is at its end", async () => {
  using sampling = rig();
  const { counted, next, clock, sampler } = sampling;
  clock.advance(INTERVAL_MS - 1);
  assert.deepEqual(sampler.points(), [], "no interval has ended");
  Object.assign(counted, { accepted: 3, delivered: 2, tasks_ended: 1 });
  clock.advance(1);
  await sampler.taken;
  Object.assign(counted, { accepted: 10, errors: 1, dead_letters: 4, commands_ended: 5 });
  await next();
  await next();
  const levels = {
    ...LEVELS,
    round_trip_p50_ms: null,
    round_trip_p95_ms: null,
    messages_waiting: 6,
    queues: { broker_input_queue: 7 },
  };
  assert.deepEqual(sampler.points(), [
    { ...NOTHING, ...levels, at: "2026-01-01T00:00:05.000Z", accepted: 3, delivered: 2, tasks_ended: 1 },
    {
      ...NOTHING,
      ...levels,
      at: "2026-01-01T00:00:10.000Z",
      accepted: 7,
      errors: 1,
      dead_letters: 4,
      commands_ended: 5,
    },
    { ...NOTHING, ...levels, at: "2026-01-01T00:00:15.000Z" },
  ]);
});

Deno.test("what was counted before the sampler was there belongs to no point", async () => {
  using sampling = rig({ totals: () => ({ ...NOTHING, accepted: 100 }) });
  assert.equal((await sampling.next()).accepted, 0);
});

Deno.test("a point has the quantiles of the round trips that ended in its interval alone", async () => {
  using sampling = rig();
  const { roundTrips, next } = sampling;
  for (let ms = 1; ms <= 20; ms++) roundTrips.add(ms);
  const first = await next();
  assert.deepEqual([first.round_trip_p50_ms, first.round_trip_p95_ms], [10, 19]);
  roundTrips.add(400);
  const second = await next();
  assert.deepEqual([second.round_trip_p50_ms, second.round_trip_p95_ms], [400, 400]);
  assert.equal((await next()).round_trip_p50_ms, null);
});

Deno.test("points() gives those after a time, whatever its offset", async () => {
  using sampling = rig();
  const { sampler, next } = sampling;
  for (let count = 0; count < 3; count++) await next();
  const after = (since: string) => sampler.points(since).map(({ at }) => at.slice(17, 19));
  assert.deepEqual(after("2026-01-01T00:00:05.000Z"), ["10", "15"]);
  assert.deepEqual(after("2026-01-01T01:00:09.999+01:00"), ["10", "15"]);
  assert.deepEqual(after("2026-01-01T00:00:15Z"), []);
  assert.deepEqual(after("2025-01-01T00:00:00Z"), ["05", "10", "15"]);
});

Deno.test("the last 15 minutes are kept", async () => {
  using sampling = rig();
  for (let count = 0; count < 200; count++) await sampling.next();
  const points = sampling.sampler.points();
  assert.equal(points.length, 180);
  assert.equal(points[0]?.at, "2026-01-01T00:01:45.000Z");
  assert.equal(points.at(-1)?.at, "2026-01-01T00:16:40.000Z");
});

Deno.test("a bus whose stats hang is asked once, and points go on without its queues", async () => {
  let asked = 0;
  using sampling = rig({
    queues: () => {
      asked++;
      return new Promise(() => {});
    },
  });
  const { clock, sampler } = sampling;
  clock.advance(INTERVAL_MS);
  assert.deepEqual(sampler.points(), [], "its answer may come yet");
  clock.advance(2_000);
  await sampler.taken;
  assert.deepEqual(sampler.points().map(({ queues }) => queues), [null]);
  for (let count = 0; count < 2; count++) {
    clock.advance(INTERVAL_MS);
    await sampler.taken;
  }
  assert.deepEqual(sampler.points().map(({ at, queues }) => [at.slice(17, 19), queues]), [
    ["05", null],
    ["10", null],
    ["15", null],
  ]);
  assert.equal(asked, 1);
});

Deno.test("a bus whose stats fail, and a store that does not count, leave out no point", async () => {
  const counts = [() => Promise.resolve(6), () => Promise.reject(new Error("The disk is gone."))];
  using sampling = rig({
    queues: () => {
      throw new Error("It is closed.");
    },
    messagesWaiting: () => counts.shift()!(),
  });
  await sampling.next();
  const { queues, messages_waiting } = await sampling.next();
  assert.deepEqual([queues, messages_waiting], [null, 6], "the last count stands");
});

Deno.test("points stay in their order when a bus answers slowly", async () => {
  const slow = Promise.withResolvers<QueueStats[]>();
  const answers = [slow.promise, Promise.resolve([])];
  using sampling = rig({ queues: () => answers.shift()! });
  const { clock, sampler } = sampling;
  clock.advance(INTERVAL_MS);
  clock.advance(1_000);
  slow.resolve([]);
  await sampler.taken;
  clock.advance(INTERVAL_MS - 1_000);
  await sampler.taken;
  assert.deepEqual(sampler.points().map(({ at, queues }) => [at.slice(17, 19), queues]), [
    ["05", {}],
    ["10", {}],
  ]);
});

Deno.test("disposing of a sampler leaves no timer, also while it asks", () => {
  const { clock, sampler } = rig({ queues: () => new Promise(() => {}) });
  clock.advance(INTERVAL_MS);
  assert.ok(clock.timers > 0);
  sampler[Symbol.dispose]();
  assert.equal(clock.timers, 0);
});
