import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { type Column, tableOf } from "./table.ts";
import { widthOf } from "./width.ts";

interface Row {
  name: string;
  count: number;
}

const COLUMNS: Column<Row>[] = [
  { title: "NAME", cell: ({ name }) => name, colour: () => "green" },
  { title: "COUNT", cell: ({ count }) => String(count), isNumber: true },
  { title: "END", cell: () => "x" },
];
const drawn = (rows: Row[], width = 80, isColoured = false) => tableOf(rows, COLUMNS, { width, isColoured });

Deno.test("tableOf() lines columns up, numbers to the right, also with wide characters", () => {
  const text = drawn([{ name: "Ada", count: 1 }, { name: "日本", count: 200 }]);
  assert.equal(text, "NAME  COUNT  END\nAda       1  x\n日本    200  x\n");
});

Deno.test("tableOf() makes what others wrote harmless before it is measured", () => {
  const text = drawn([{ name: "a\u001b[2J\nb", count: 1 }]);
  assert.equal(text, "NAME     COUNT  END\na␛[2J b      1  x\n");
});

Deno.test("tableOf() cuts the widest column where the terminal is narrow", () => {
  const text = drawn([{ name: "a".repeat(50), count: 1 }], 30);
  assert.ok(text.split("\n").every((line) => widthOf(line) <= 30), text);
  assert.match(text, /a{10,}… /);
});

Deno.test("tableOf() colours cells without moving anything", () => {
  const rows = [{ name: "Ada", count: 1 }, { name: "Barbara", count: 22 }];
  const text = drawn(rows, 80, true);
  assert.ok(text.includes("\u001b[32mAda    \u001b[0m"), text);
  assert.equal(stripVTControlCharacters(text), drawn(rows));
});

const PLACES: Column<Row>[] = [
  { title: "ID", cell: () => "agent_0123456789", isWhole: true },
  { title: "NAME", cell: ({ name }) => name },
  { title: "COUNT", cell: ({ count }) => String(count), isNumber: true, goes: 1 },
  { title: "MORE", cell: () => "more of it", goes: 2 },
];
const ADA = [{ name: "Ada Lovelace", count: 1 }];

Deno.test("tableOf() never cuts what is to be typed, and leaves columns out where the rest does not fit", () => {
  const at = (width: number) => tableOf(ADA, PLACES, { width, isColoured: false }).split("\n")[1];
  assert.equal(at(80), "agent_0123456789  Ada Lovelace      1  more of it");
  assert.equal(at(41), "agent_0123456789  Ada Lo…      1  more o…");
  assert.equal(at(34), "agent_0123456789  Ada Love…      1");
  assert.equal(at(25), "agent_0123456789  Ada Lo…");
  assert.equal(at(10), "agent_0123456789  Ada L…");
});

Deno.test("tableOf() keeps to the width to the column where that is asked for", () => {
  for (const width of [60, 24, 10, 5]) {
    const table = tableOf(ADA, PLACES, { width, isColoured: false, isExact: true });
    assert.ok(table.split("\n").every((line) => widthOf(line) <= width), table);
  }
});
