import { strict as assert } from "node:assert";
import type { Subscription } from "../../shared/bus/bus.ts";
import { FakeClock } from "../presence/fake_clock.ts";
import { Neighbours } from "./neighbours.ts";
import { quiet, SERVER } from "./testing/rig.ts";

Deno.test("a server says that it is there once it hears the others, not before its bus can say so", async () => {
  const said: unknown[] = [];
  const subscribed = Promise.withResolvers<Subscription>();
  await using _neighbours = new Neighbours({
    store: { states: () => Promise.resolve([]) },
    roster: { servers: () => Promise.resolve([]) },
    bus: {
      emit: (_topic, event) => Promise.resolve(void said.push(event)),
      subscribe: () => subscribed.promise,
    },
    server: SERVER,
    clock: new FakeClock(),
    patienceMs: 15_000,
    listener: { look: () => {}, known: () => [], orphaned: () => {} },
  });
  await quiet();
  assert.deepEqual(said, []);
  const closed = Promise.resolve();
  subscribed.resolve({ closed, [Symbol.asyncDispose]: () => closed });
  await quiet();
  assert.deepEqual(said, [{ server_id: SERVER.id, task_ids: [] }]);
});
