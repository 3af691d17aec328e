import { expect } from "expect";
import fc from "../../../shared/testing/property.ts";
import { Blocks } from "./blocks.ts";
import type { Entry } from "./entry.ts";

const note = (id: number): Entry => ({ kind: "note", id: String(id), text: "" });
const notes = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => note(from + index));

Deno.test("what is added at the end changes the last block alone", () => {
  const blocks = new Blocks();
  const entries = notes(0, 250);
  const before = blocks.of(entries);
  const after = blocks.of([...entries, note(250)]);
  expect(after.slice(0, -1).every((block, index) => block === before[index])).toBe(true);
  expect(after.at(-1)).not.toBe(before.at(-1));
  expect(blocks.of([...entries, note(250)])).toEqual(after);
});

Deno.test("what is put in front changes no block", () => {
  const blocks = new Blocks();
  const entries = notes(1_000, 1_250);
  const before = blocks.of(entries);
  const after = blocks.of([...notes(900, 1_000), ...entries]);
  expect(after.slice(-before.length).every((block, index) => block === before[index])).toBe(true);
});

Deno.test("however entries come, are reordered and leave: all are there, in order, under keys of their own", () => {
  const lists = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 200 }), { maxLength: 150 }), {
    maxLength: 6,
  });
  fc.assert(fc.property(lists, (rounds) => {
    const blocks = new Blocks();
    for (const ids of rounds) {
      const made = blocks.of(ids.map(note));
      expect(made.flatMap(({ entries }) => entries.map(({ id }) => Number(id)))).toEqual(ids);
      expect(new Set(made.map(({ key }) => key)).size).toBe(made.length);
    }
  }));
});

Deno.test("whatever came before, entries are divided as they are when nothing did, save for where blocks end", () => {
  const blocks = new Blocks();
  const entries = notes(0, 250);
  blocks.of(entries);
  for (const changed of [0, 99, 100, 101, 150, 199]) {
    const next = entries.with(changed, { ...note(changed), text: "changed" } as Entry);
    expect(blocks.of(next).flatMap((block) => block.entries)).toEqual(next);
  }
  expect(blocks.of(entries.slice(0, 3)).flatMap((block) => block.entries)).toEqual(entries.slice(0, 3));
  expect(blocks.of([])).toEqual([]);
});
