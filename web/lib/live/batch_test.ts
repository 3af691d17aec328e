import { expect } from "expect";
import { Batch } from "./batch.ts";

Deno.test("Batch gives everything that was added in one go, in order, and then the next", async () => {
  let taken = Promise.withResolvers<number[]>();
  const batch = new Batch<number>((items) => taken.resolve(items));
  for (const item of [1, 2, 3]) batch.add(item);
  expect(await taken.promise).toEqual([1, 2, 3]);
  taken = Promise.withResolvers();
  batch.add(4);
  expect(await taken.promise).toEqual([4]);
});

Deno.test("Batch forgets what was not given when it is stopped, and leaves no timer", () => {
  const batch = new Batch<number>(() => expect("given").toBe("forgotten"));
  batch.add(1);
  batch.stop();
});
