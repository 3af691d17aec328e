/** Cases: ending in good order. */
import { strict as assert } from "node:assert";
import { ParleyError } from "../../error.ts";
import type { BusRig } from "../conformance.ts";
import { aborted, collecting, freshQueue, holding, message, soon, textOf } from "./inbox.ts";

export const lifetimeCases = {
  async "closing a subscription waits for what is in flight, which is then not delivered again"(rig: BusRig) {
    const { bus } = await rig.member();
    const queue = freshQueue();
    const { handler, inbox } = holding();
    const subscription = await bus.consume(queue, handler);
    await bus.publish(queue, message("in flight"));
    const held = await inbox.next();
    let isClosed = false;
    const closing = subscription[Symbol.asyncDispose]().then(() => isClosed = true);
    const next = collecting();
    await bus.consume(queue, next.handler);
    await bus.publish(queue, message("after"));
    assert.equal(textOf(await next.inbox.next()), "after");
    assert.equal(isClosed, false);
    held.finish();
    await soon(closing, "the end of the subscription");
    await soon(subscription.closed, "the promise `closed`");
    await bus.publish(queue, message("last"));
    assert.equal(textOf(await next.inbox.next()), "last");
  },

  async "closing the bus waits for what is in flight, and keeps its verdict"(rig: BusRig) {
    const going = await rig.member();
    const queue = freshQueue();
    const { handler, inbox } = holding();
    await going.bus.consume(queue, handler);
    await going.bus.publish(queue, message("in flight"));
    const held = await inbox.next();
    const closing = going.bus[Symbol.asyncDispose]();
    held.finish();
    await soon(closing, "the end of the bus");
    const staying = await rig.member();
    const next = collecting();
    await staying.bus.consume(queue, next.handler);
    await staying.bus.publish(queue, message("after"));
    assert.equal(textOf(await next.inbox.next()), "after");
  },

  async "what is in flight when the bus is closed can still publish its answer"(rig: BusRig) {
    const going = await rig.member();
    const [questions, answers] = [freshQueue(), freshQueue()];
    const { handler, inbox } = holding();
    await going.bus.consume(questions, handler);
    await going.bus.publish(questions, message("question"));
    const held = await inbox.next();
    const closing = going.bus[Symbol.asyncDispose]();
    await going.bus.publish(answers, message("answer"));
    held.finish();
    await soon(closing, "the end of the bus");
    const { handler: collect, inbox: collected } = collecting();
    await (await rig.member()).bus.consume(answers, collect);
    assert.equal(textOf(await collected.next()), "answer");
  },

  async "when the grace is over the signal aborts and the message goes to another reader"(rig: BusRig) {
    const { bus } = await rig.member();
    const queue = freshQueue();
    const { handler, inbox } = holding();
    const subscription = await bus.consume(queue, handler, { graceMs: 20 });
    await bus.publish(queue, message("too slow"));
    const held = await inbox.next();
    await soon(subscription[Symbol.asyncDispose](), "the end of the subscription");
    await soon(aborted(held.signal), "the abort");
    const next = collecting();
    await bus.consume(queue, next.handler);
    const again = await next.inbox.next();
    assert.deepEqual([textOf(again), again.attempt], ["too slow", 2]);
    held.finish();
  },

  async "a signal ends a subscription at once"(rig: BusRig) {
    const { bus } = await rig.member();
    const queue = freshQueue();
    const { handler, inbox } = holding();
    const controller = new AbortController();
    const subscription = await bus.consume(queue, handler, { signal: controller.signal });
    await bus.publish(queue, message("unfinished"));
    const held = await inbox.next();
    controller.abort();
    await soon(Promise.all([subscription.closed, aborted(held.signal)]), "the end of the subscription");
    const next = collecting();
    await bus.consume(queue, next.handler);
    assert.equal(textOf(await next.inbox.next()), "unfinished");
  },

  async "a closed bus takes nothing more"(rig: BusRig) {
    const { bus } = await rig.member();
    await bus[Symbol.asyncDispose]();
    await bus[Symbol.asyncDispose]();
    const isRefused = (error: unknown) => error instanceof ParleyError && error.code === "unavailable";
    await assert.rejects(bus.publish(freshQueue(), message("late")), isRefused);
    await assert.rejects(bus.consume(freshQueue(), () => Promise.resolve()), isRefused);
  },
};
