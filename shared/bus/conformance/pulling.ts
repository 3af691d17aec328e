/** Cases: for who asks rather than listens. */
import { strict as assert } from "node:assert";
import { type BusRig, FAST_RETRIES } from "../conformance.ts";
import { freshQueue, message, soon, textOf } from "./inbox.ts";

export const pullCases = {
  async "pulling gives what waits, and nothing again once it is settled"(rig: BusRig) {
    const { bus } = await rig.member();
    const queue = freshQueue();
    for (const text of ["a", "b"]) await bus.publish(queue, message(text));
    for (const text of ["a", "b"]) {
      const [pulled] = await bus.pull(queue, { limit: 1, blockMs: 60_000 });
      assert.ok(pulled);
      assert.deepEqual([textOf(pulled), pulled.attempt], [text, 1]);
      await pulled.settle({ kind: "ack" });
    }
    assert.deepEqual(await bus.pull(queue, { limit: 1 }), []);
  },

  async "pulling waits for the first message"(rig: BusRig) {
    const { bus } = await rig.member();
    const queue = freshQueue();
    const asked = bus.pull(queue, { limit: 5, blockMs: 60_000 });
    await bus.publish(queue, message("at last"));
    const [pulled] = await soon(asked, "what was asked for");
    assert.ok(pulled);
    assert.equal(textOf(pulled), "at last");
    await pulled.settle({ kind: "ack" });
  },

  async "pulling ends when its signal aborts"(rig: BusRig) {
    const { bus } = await rig.member();
    const controller = new AbortController();
    const asked = bus.pull(freshQueue(), { limit: 1, blockMs: 60_000, signal: controller.signal });
    controller.abort();
    assert.deepEqual(await soon(asked, "the end of the pull"), []);
  },

  async "a pulled message that is to be retried comes again as attempt 2"(rig: BusRig) {
    const { bus } = await rig.member();
    const queue = freshQueue();
    await bus.publish(queue, message("once more"));
    const [first] = await bus.pull(queue, { limit: 1, blockMs: 60_000 });
    await first?.settle({ kind: "retry", delayMs: 0 });
    const [second] = await bus.pull(queue, { limit: 1, blockMs: 60_000 });
    assert.equal(second?.attempt, 2);
    await second.settle({ kind: "ack" });
  },

  async "a pulled message that is given back comes again as a first attempt, however often"(rig: BusRig) {
    const { bus } = await rig.member();
    const queue = freshQueue();
    await bus.publish(queue, message("not now"));
    for (let time = 0; time <= FAST_RETRIES.maxAttempts; time++) {
      const [pulled] = await bus.pull(queue, { limit: 1, blockMs: 60_000 });
      assert.deepEqual([pulled && textOf(pulled), pulled?.attempt], ["not now", 1]);
      await pulled?.settle({ kind: time < FAST_RETRIES.maxAttempts ? "return" : "ack" });
    }
    assert.deepEqual(await bus.pull(queue, { limit: 1 }), []);
  },

  async "pulling until nothing comes gives everything once, as a first attempt"(rig: BusRig) {
    const { bus } = await rig.member();
    const queue = freshQueue();
    const texts = Array.from({ length: 250 }, (_, index) => `${index} `.padEnd(500, "."));
    await Promise.all(texts.map((text) => bus.publish(queue, message(text))));
    const pulled: string[] = [];
    for (;;) {
      const page = await bus.pull(queue, { limit: 100 });
      assert.ok(page.length <= 100);
      assert.deepEqual(page.filter(({ attempt }) => attempt > 1).map(textOf), []);
      if (page.length === 0) break;
      pulled.push(...page.map(textOf));
      await Promise.all(page.map((each) => each.settle({ kind: "ack" })));
    }
    assert.deepEqual(pulled, texts);
  },

  async "pulled together, some are finished and the rest comes again"(rig: BusRig) {
    const { bus } = await rig.member();
    const queue = freshQueue();
    for (const text of ["a", "b", "c"]) await bus.publish(queue, message(text));
    const left = new Set<string>();
    for (
      let page = await bus.pull(queue, { limit: 3 });
      page.length > 0;
      page = await bus.pull(queue, { limit: 3 })
    ) {
      for (const each of page) {
        if (textOf(each) === "b" && each.attempt === 1) left.add("b");
        await each.settle(
          each.attempt === 1 && textOf(each) === "b" ? { kind: "retry", delayMs: 0 } : { kind: "ack" },
        );
      }
    }
    assert.deepEqual([...left], ["b"]);
    assert.deepEqual(await bus.pull(queue, { limit: 3 }), []);
  },

  async "what was pulled and not settled goes back when the bus is closed"(rig: BusRig) {
    const going = await rig.member();
    const queue = freshQueue();
    await going.bus.publish(queue, message("unsettled"));
    const [pulled] = await going.bus.pull(queue, { limit: 1, blockMs: 60_000 });
    assert.ok(pulled);
    await soon(going.bus[Symbol.asyncDispose](), "the end of the bus");
    const staying = await rig.member();
    const [again] = await staying.bus.pull(queue, { limit: 1, blockMs: 60_000 });
    assert.ok(again);
    assert.equal(textOf(again), "unsettled");
    await again.settle({ kind: "ack" });
  },
};
