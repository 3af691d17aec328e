/** Cases: delays and expiry. */
import { strict as assert } from "node:assert";
import type { BusRig } from "../conformance.ts";
import { collecting, freshQueue, message, textOf } from "./inbox.ts";

export const timeCases = {
  async "a delayed message comes after its delay, and holds nothing up"(rig: BusRig) {
    const { bus } = await rig.member();
    const queue = freshQueue();
    const { handler, inbox } = collecting();
    await bus.consume(queue, handler);
    // Nobody waits for this one; it would come last, were the others held up by it.
    await bus.publish(queue, message("late"), { delayMs: 60_000 });
    const start = performance.now();
    await bus.publish(queue, message("soon"), { delayMs: 100 });
    await bus.publish(queue, message("now"));
    const cameAfterMs = new Map<string, number>();
    while (cameAfterMs.size < 2) cameAfterMs.set(textOf(await inbox.next()), performance.now() - start);
    assert.deepEqual([...cameAfterMs.keys()].sort(), ["now", "soon"]);
    assert.ok(cameAfterMs.get("soon")! >= 99, "the delay was cut");
  },

  async "an expired message is not delivered"(rig: BusRig) {
    const { bus } = await rig.member();
    const [queue, clock] = [freshQueue(), freshQueue()];
    const ticks = collecting();
    await bus.consume(clock, ticks.handler);
    await bus.publish(queue, message("old"), { expiresMs: 50 });
    await bus.publish(clock, message("the old one has expired"), { delayMs: 250 });
    await ticks.inbox.next();
    const { handler, inbox } = collecting();
    await bus.consume(queue, handler);
    await bus.publish(queue, message("lasting"), { expiresMs: 60_000 });
    assert.equal(textOf(await inbox.next()), "lasting");
  },

  async "a message that expires while it is delayed is not delivered"(rig: BusRig) {
    const { bus } = await rig.member();
    const queue = freshQueue();
    const { handler, inbox } = collecting();
    await bus.consume(queue, handler);
    await bus.publish(queue, message("old"), { delayMs: 100, expiresMs: 20 });
    await bus.publish(queue, message("lasting"), { delayMs: 250, expiresMs: 60_000 });
    assert.equal(textOf(await inbox.next()), "lasting");
  },
};
