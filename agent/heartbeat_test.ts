import { strict as assert } from "node:assert";
import { ParleyError } from "../shared/error.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Arrivals } from "./testing/arrivals.ts";

Deno.test("Heartbeat beats at once, and again soon after a change, however long the interval", async () => {
  const stop = new AbortController();
  const beats = new Arrivals<number>();
  const send = () => {
    beats.add(beats.all.length + 1);
    return Promise.resolve(3_600);
  };
  const heartbeat = new Heartbeat({ send, onUnknown: () => {}, intervalS: 3_600 });
  const running = heartbeat.run(stop.signal);
  assert.equal(await beats.next(), 1);
  heartbeat.change();
  heartbeat.change();
  assert.equal(await beats.next(), 2);
  stop.abort();
  await running;
  assert.equal(beats.all.length, 2);
});

Deno.test("Heartbeat tells when the server does not know the agent, and goes on when a beat fails otherwise", async () => {
  const stop = new AbortController();
  const unknown = Promise.withResolvers<void>();
  const failures = [new ParleyError("unavailable", "away"), new ParleyError("not_found", "who?")];
  const send = () => Promise.reject(failures.shift() ?? new ParleyError("unavailable", "away"));
  const heartbeat = new Heartbeat({ send, onUnknown: unknown.resolve, intervalS: 1 });
  const running = heartbeat.run(stop.signal);
  await unknown.promise;
  stop.abort();
  await running;
});
