import assert from "node:assert/strict";
import { isPeerId, newId } from "./id.ts";

Deno.test("newId() gives the prefix and at least 8 of [0-9a-z], never the same twice", () => {
  const ids = Array.from({ length: 1000 }, () => newId("agent"));
  for (const id of ids) assert.match(id, /^agent_[0-9a-z]{8,}$/);
  assert.equal(new Set(ids).size, ids.length);
});

Deno.test("newId() gives ids that sort by the time of their making", () => {
  const times = [
    0,
    1,
    1_000,
    ...Array.from({ length: 50 }, (_, years) => Date.UTC(2026 + years, 0, 1, 12, 0, 0, 5)),
  ];
  const ids = times.map((nowMs) => newId("msg", nowMs));
  assert.deepEqual(ids.toSorted(), ids);
});

const CASES: [string, boolean][] = [
  ["ada", true],
  ["agent_1", true],
  ["Ada.B:c-d_9", true],
  ["a".repeat(100), true],
  ["a".repeat(101), false],
  ["", false],
  [".", false],
  ["..", false],
  ["...", true],
  [".a", true],
  ["web_1", false],
  ["broker_1", false],
  ["with space", false],
  ["ümlaut", false],
  ["a/b", false],
];

for (const [id, allowed] of CASES) {
  Deno.test(`isPeerId() ${allowed ? "allows" : "refuses"} an agent called "${id.slice(0, 20)}"`, () => {
    assert.equal(isPeerId(id, "agent"), allowed);
  });
}
