import { signal } from "@preact/signals";
import { expect } from "expect";
import { steadyMap } from "./steady.ts";

Deno.test("steadyMap() is another object only when it says something else", () => {
  const names = signal(["a", "b"]);
  const lengths = steadyMap(
    () => new Map(names.value.map((name) => [name, { length: name.length }])),
    (one, other) => one.length === other.length,
  );
  const first = lengths.value;
  names.value = ["b", "a"];
  expect(lengths.value).toBe(first);
  names.value = ["a"];
  expect([...lengths.value]).toEqual([["a", { length: 1 }]]);
  names.value = ["c"];
  expect([...lengths.value.keys()]).toEqual(["c"]);
});
