import assert from "node:assert/strict";
import { Gathered } from "./gathered.ts";

function recorded(result: (item: number) => boolean = () => true) {
  const writes: number[][] = [];
  const gathered = new Gathered<number>((items) => {
    writes.push(items);
    return Promise.resolve(items.map(result));
  });
  return { writes, gathered };
}

Deno.test("Gathered writes what one turn asks for together, and tells of each what became of it", async () => {
  const { writes, gathered } = recorded((item) => item !== 2);
  assert.deepEqual(await Promise.all([1, 2, 3].map((item) => gathered.add(item))), [true, false, true]);
  assert.equal(await gathered.add(4), true);
  assert.deepEqual(writes, [[1, 2, 3], [4]]);
});

Deno.test("Gathered writes a hundred together at most, in order", async () => {
  const { writes, gathered } = recorded();
  const items = Array.from({ length: 250 }, (_, item) => item);
  await Promise.all(items.map((item) => gathered.add(item)));
  assert.deepEqual(writes.map(({ length }) => length), [100, 100, 50]);
  assert.deepEqual(writes.flat(), items);
});

Deno.test("Gathered rejects all that went together, and takes up work again", async () => {
  let isAway = true;
  const gathered = new Gathered<number>((items) =>
    isAway ? Promise.reject(new Error("away")) : Promise.resolve(items.map(() => true))
  );
  const results = await Promise.allSettled([gathered.add(1), gathered.add(2)]);
  assert.deepEqual(results.map(({ status }) => status), ["rejected", "rejected"]);
  isAway = false;
  assert.equal(await gathered.add(3), true);
});
