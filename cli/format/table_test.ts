import assert from "node:assert/strict";
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
  // deno-lint-ignore no-control-regex
  assert.equal(text.replace(/\u001b\[\d+m/g, ""), drawn(rows));
});
