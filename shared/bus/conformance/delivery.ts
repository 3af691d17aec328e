/** Cases: what is published arrives, once to one reader, in order. */
import { strict as assert } from "node:assert";
import type { Handler } from "../bus.ts";
import type { BusRig } from "../conformance.ts";
import { collecting, freshQueue, holding, Inbox, message, textOf } from "./inbox.ts";

export const deliveryCases = {
  async "a message arrives whole, as the first attempt"(rig: BusRig) {
    const { bus } = await rig.member();
    const queue = freshQueue();
    const { handler, inbox } = collecting();
    await bus.consume(queue, handler);
    const sent = message("hello", {
      headers: { traceparent: "00-ab", empty: "" },
      key: "conv_1",
      priority: 2,
    });
    await bus.publish(queue, sent);
    assert.deepEqual(await inbox.next(), { queue, envelope: sent, attempt: 1 });
  },

  async "a message waits for its reader"(rig: BusRig) {
    const { bus } = await rig.member();
    const queue = freshQueue();
    const sent = message("early");
    await bus.publish(queue, sent);
    const { handler, inbox } = collecting();
    await bus.consume(queue, handler);
    assert.equal((await inbox.next()).envelope.id, sent.id);
  },

  async "one member reads what another wrote"(rig: BusRig) {
    const [writer, reader] = [await rig.member(), await rig.member()];
    const queue = freshQueue();
    const { handler, inbox } = collecting();
    await reader.bus.consume(queue, handler);
    await writer.bus.publish(queue, message("across"));
    assert.equal(textOf(await inbox.next()), "across");
  },

  async "readers share: each message goes to one of them, and each of them gets some"(rig: BusRig) {
    const [one, two] = [await rig.member(), await rig.member()];
    const queue = freshQueue();
    const readers = [holding(), holding()] as const;
    await one.bus.consume(queue, readers[0].handler, { prefetch: 1 });
    await two.bus.consume(queue, readers[1].handler, { prefetch: 1 });
    for (const text of ["a", "b"]) await one.bus.publish(queue, message(text));
    const held = [await readers[0].inbox.next(), await readers[1].inbox.next()];
    assert.deepEqual(held.map(({ delivery }) => textOf(delivery)).sort(), ["a", "b"]);
    for (const { finish } of held) finish();
  },

  async "one reader gets messages in the order they were published"(rig: BusRig) {
    const { bus } = await rig.member();
    const queue = freshQueue();
    const texts = Array.from({ length: 200 }, (_, index) => String(index));
    const first = texts.slice(0, 100).map((text) => bus.publish(queue, message(text)));
    await Promise.all(first);
    const { handler, inbox } = collecting();
    await bus.consume(queue, handler);
    await Promise.all(texts.slice(100).map((text) => bus.publish(queue, message(text))));
    assert.deepEqual((await inbox.take(200)).map(textOf), texts);
  },

  async "messages with one key keep their order where readers share"(rig: BusRig) {
    const { bus } = await rig.member();
    const queue = freshQueue();
    const order = new Inbox<string>();
    const holdsA1 = Promise.withResolvers<void>();
    const handler: Handler = async (delivery) => {
      order.put(textOf(delivery));
      if (textOf(delivery) === "a1") await holdsA1.promise;
    };
    await bus.consume(queue, handler, { prefetch: 1 });
    for (const text of ["a1", "a2"]) await bus.publish(queue, message(text, { key: "a" }));
    assert.equal(await order.next(), "a1");
    const other = await rig.member();
    await other.bus.consume(queue, handler, { prefetch: 1 });
    await bus.publish(queue, message("b1", { key: "b" }));
    // The free reader gets the other key's message, though `a2` is older: that one stays behind `a1`.
    assert.equal(await order.next(), "b1");
    holdsA1.resolve();
    assert.equal(await order.next(), "a2");
  },

  async "a reader holds no more than its prefetch"(rig: BusRig) {
    const { bus } = await rig.member();
    const queue = freshQueue();
    const { handler, inbox } = holding();
    await bus.consume(queue, handler, { prefetch: 2 });
    for (const text of ["a", "b", "c"]) await bus.publish(queue, message(text));
    const [a, b] = await inbox.take(2);
    const other = collecting();
    const helper = await rig.member();
    await helper.bus.consume(queue, other.handler);
    assert.equal(textOf(await other.inbox.next()), "c");
    a?.finish();
    b?.finish();
  },

  async "priority goes before order"(rig: BusRig) {
    const { bus } = await rig.member();
    const queue = freshQueue();
    for (const priority of [5, 3, 1] as const) {
      await bus.publish(queue, message(String(priority), { priority }));
    }
    await bus.publish(queue, message("none"));
    const { handler, inbox } = collecting();
    await bus.consume(queue, handler);
    assert.deepEqual((await inbox.take(4)).map(textOf), ["1", "3", "none", "5"]);
  },

  async "the figures show what waits, what is out and who reads"(rig: BusRig) {
    const { bus } = await rig.member();
    const queue = freshQueue();
    const { handler, inbox } = holding();
    await bus.consume(queue, handler, { prefetch: 1 });
    for (const text of ["a", "b"]) await bus.publish(queue, message(text));
    const held = await inbox.next();
    const figures = (await bus.stats()).find((one) => one.queue === queue);
    assert.deepEqual(figures, { queue, ready: 1, inFlight: 1, consumers: 1 });
    held.finish();
    (await inbox.next()).finish();
  },
};
