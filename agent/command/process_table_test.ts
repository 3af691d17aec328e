import { strict as assert } from "node:assert";
import { familyIn, type Process, processesIn } from "./process_table.ts";

const REST = "5 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0";
const line = (pid: number, name: string, state: string, parent: number, group: number, startedAt = 7) =>
  `/proc/${pid}/stat:${pid} (${name}) ${state} ${parent} ${group} ${REST} ${startedAt} 100 200`;

Deno.test("processesIn() reads what Linux tells, whatever the processes are called, without zombies", () => {
  const text = [
    line(10, "sh", "S", 1, 10),
    line(11, "a) Z 1 1 (b", "R", 10, 10),
    line(12, "gone", "Z", 10, 10),
    line(13, "two\n5 (sh) S 10 10 1", "S", 1, 13),
    "grep: something else",
    "",
  ].join("\n");
  assert.deepEqual(processesIn(text), [
    { pid: 10, parent: 1, group: 10, startedAt: 7 },
    { pid: 11, parent: 10, group: 10, startedAt: 7 },
  ]);
});

const process = (pid: number, parent: number, group: number, startedAt = 7): Process => ({
  pid,
  parent,
  group,
  startedAt,
});

const FAMILIES: [what: string, processes: Process[], pids: number[]][] = [
  ["its group", [process(10, 1, 10), process(11, 10, 10), process(20, 1, 20)], [10, 11]],
  ["what has its mark", [process(10, 1, 10), process(30, 1, 30)], [10, 30]],
  ["children of its own in groups of their own", [
    process(10, 1, 10),
    process(12, 11, 12),
    process(11, 10, 11),
  ], [
    10,
    11,
    12,
  ]],
  ["what was its own before, whoever is its parent now", [process(40, 1, 40), process(41, 40, 41)], [40, 41]],
  ["not a later process of the same number", [process(40, 1, 40, 8), process(41, 40, 41)], []],
];

for (const [what, processes, pids] of FAMILIES) {
  Deno.test(`familyIn() gives ${what}`, () => {
    const family = familyIn(processes, { group: 10, marked: new Set([30]), known: [process(40, 10, 40)] });
    assert.deepEqual(family.map(({ pid }) => pid).sort(), pids);
  });
}
