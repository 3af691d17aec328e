/** A signal that does not change too often. */
import { expect } from "expect";
import { effect, signal } from "@preact/signals";
import { Calm } from "./calm.ts";

Deno.test("the first change comes at once, and the last of those that follow comes, too", async () => {
  const source = signal(0);
  const calm = new Calm(source, 20);
  const seen: number[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const ends = [
    calm.open(),
    effect(() => {
      seen.push(calm.now.value);
      if (calm.now.value === 9) resolve();
    }),
  ];
  for (let value = 1; value < 10; value++) source.value = value;
  expect(seen).toEqual([0, 1]);
  await promise;
  expect(seen).toEqual([0, 1, 9]);
  for (const end of ends) end();
  source.value = 10;
  expect(seen).toEqual([0, 1, 9]);
});
