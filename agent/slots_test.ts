import assert from "node:assert/strict";
import { Slots } from "./slots.ts";

Deno.test("Slots let so many work at once, the others in the order they came", async () => {
  const slots = new Slots(2);
  const begun: number[] = [];
  const ends = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  const works = ends.map(({ promise }, index) =>
    slots.use(async () => {
      begun.push(index);
      await promise;
    })
  );
  assert.deepEqual([begun, slots.taken], [[0, 1], 2]);
  ends[1]!.resolve();
  await works[1];
  assert.deepEqual([begun, slots.taken], [[0, 1, 2], 2]);
  for (const { resolve } of ends) resolve();
  await Promise.all(works);
  assert.deepEqual([begun, slots.taken], [[0, 1, 2, 3, 4], 0]);
});

Deno.test("Slots are free again after work that failed", async () => {
  const slots = new Slots(1);
  await assert.rejects(slots.use(() => Promise.reject(new Error("no"))), /no/);
  assert.equal(await slots.use(() => Promise.resolve("yes")), "yes");
});
