/** Cases: readers that die and connections that break lose nothing. */
import { strict as assert } from "node:assert";
import type { BusRig } from "../conformance.ts";
import { aborted, collecting, fence, freshQueue, holding, Inbox, message, soon, textOf } from "./inbox.ts";

export const lossCases = {
  async "a slow handler is not acknowledged early: its reader is killed and another gets the message"(
    rig: BusRig,
  ) {
    const [dying, living] = [await rig.member(), await rig.member()];
    const queue = freshQueue();
    const { handler, inbox } = holding();
    await dying.bus.consume(queue, handler);
    await living.bus.publish(queue, message("precious"));
    await inbox.next();
    await fence(dying.bus);
    const next = collecting();
    await living.bus.consume(queue, next.handler);
    await dying.kill();
    const again = await next.inbox.next("the message that the dead reader had");
    assert.equal(textOf(again), "precious");
    if (living.bus.traits.countsCrashes) assert.equal(again.attempt, 2);
  },

  async "a message that kills each of its readers ends in the dead letters"(rig: BusRig) {
    const writer = await rig.member();
    const queue = freshQueue();
    const letters = collecting();
    await writer.bus.consume("dead_letter_queue", letters.handler);
    await writer.bus.publish(queue, message("poison"));
    for (const attempt of [1, 2, 3]) {
      const victim = await rig.member();
      const { handler, inbox } = holding();
      await victim.bus.consume(queue, handler);
      assert.equal((await inbox.next(`attempt ${attempt}`)).delivery.attempt, attempt);
      await fence(victim.bus);
      await victim.kill();
    }
    const last = collecting();
    await writer.bus.consume(queue, last.handler);
    assert.equal(textOf(await letters.inbox.next("the dead letter")), "poison");
    assert.deepEqual(last.inbox.rest(), []);
  },

  async "a cut connection aborts what is in flight, and it is delivered again"(rig: BusRig) {
    const { bus } = await rig.member();
    const queue = freshQueue();
    const { handler, inbox } = holding();
    await bus.consume(queue, handler);
    await bus.publish(queue, message("interrupted"));
    const first = await inbox.next();
    await rig.cut?.();
    await soon(aborted(first.signal), "the abort");
    first.finish();
    const again = await inbox.next("the delivery on the new connection");
    assert.equal(textOf(again.delivery), "interrupted");
    again.finish();
  },

  async "a connection that is cut again and again loses nothing that was accepted"(rig: BusRig) {
    const [writer, reader] = [await rig.member(), await rig.member()];
    const queue = freshQueue();
    const arrived = new Inbox<string>();
    await reader.bus.consume(queue, (delivery) => Promise.resolve(arrived.put(textOf(delivery))));
    const texts = Array.from({ length: 300 }, (_, index) => String(index));
    const published = texts.map((text) => writer.bus.publish(queue, message(text)));
    for (let time = 0; time < 3; time++) {
      await rig.cut?.();
      await soon(writer.bus.publish(queue, message(`after cut ${time}`)), "a publish after the cut");
    }
    await soon(Promise.all(published), "every confirmation");
    const missing = new Set(texts);
    while (missing.size > 0) missing.delete(await arrived.next(`${missing.size} messages`));
  },
};
