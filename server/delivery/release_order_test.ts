import assert from "node:assert/strict";
import fc from "../../shared/testing/property.ts";
import { ReleaseOrder } from "./release_order.ts";

const NEVER_MS = 1_000_000;

/** Lets `seq` arrive, and notes in `passed` when it passes. */
async function arrive(order: ReleaseOrder, seq: number, passed: number[]): Promise<void> {
  const turn = order.turn("conv_a", seq);
  if (turn) await turn;
  passed.push(seq);
  order.settle("conv_a", seq);
}

Deno.test("ReleaseOrder lets any arrival order pass as numbered, when nothing is missing", async () => {
  const arrivals = fc.integer({ min: 1, max: 30 }).chain((count) =>
    fc.shuffledSubarray(Array.from({ length: count }, (_, index) => index + 1), { minLength: count })
  );
  await fc.assert(fc.asyncProperty(arrivals, async (seqs) => {
    using order = new ReleaseOrder(() => NEVER_MS);
    order.expect("conv_a", 1);
    const passed: number[] = [];
    await Promise.all(seqs.map((seq) => arrive(order, seq, passed)));
    assert.deepEqual(passed, [...seqs].sort((one, other) => one - other));
  }));
});

Deno.test("ReleaseOrder counts what ended in an error as released", async () => {
  const cases = fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 29 });
  await fc.assert(fc.asyncProperty(cases, async (failing) => {
    using order = new ReleaseOrder(() => NEVER_MS);
    order.expect("conv_a", 1);
    const passed: number[] = [];
    const arriving = Array.from({ length: 30 }, (_, index) => 30 - index)
      .filter((seq) => !failing.includes(seq)).map((seq) => arrive(order, seq, passed));
    for (const seq of failing) order.settle("conv_a", seq);
    await Promise.all(arriving);
    assert.deepEqual(passed, [...passed].sort((one, other) => one - other));
    assert.equal(passed.length, 30 - failing.length);
  }));
});

Deno.test("ReleaseOrder passes over a gap after its time, and then lets the late one pass at once", async () => {
  using order = new ReleaseOrder(() => 5);
  order.expect("conv_a", 1);
  const passed: number[] = [];
  await Promise.all([arrive(order, 3, passed), arrive(order, 4, passed), arrive(order, 7, passed)]);
  assert.deepEqual(passed, [3, 4, 7]);
  assert.equal(order.turn("conv_a", 1), undefined);
});

Deno.test("ReleaseOrder keeps conversations apart, and begins with whatever comes first in one it does not know", () => {
  using order = new ReleaseOrder(() => NEVER_MS);
  assert.equal(order.turn("conv_a", 7), undefined);
  assert.equal(order.turn("conv_b", 3), undefined);
});

Deno.test("ReleaseOrder lets everything pass when it is disposed of", async () => {
  const order = new ReleaseOrder(() => NEVER_MS);
  order.expect("conv_a", 1);
  const waiting = order.turn("conv_a", 2);
  order[Symbol.dispose]();
  await waiting;
});

Deno.test("ReleaseOrder lets a message pass that came twice, both times", async () => {
  using order = new ReleaseOrder(() => 60_000);
  order.expect("conv_1", 1);
  const turns = [order.turn("conv_1", 2), order.turn("conv_1", 2)];
  order.settle("conv_1", 1);
  await Promise.all(turns);
});
