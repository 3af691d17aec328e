import { strict as assert } from "node:assert";
import fc from "../testing/property.ts";
import { ParleyError } from "../error.ts";
import type { Envelope } from "./bus.ts";
import { byTurn, LONGEST_QUEUE_NAME, MOST_BODY_BYTES, readRow, toRow } from "./sql_row.ts";

const POSITION = { position: "1", attempts: 2 };
const text = fc.string({ unit: "grapheme" });

Deno.test("a message is read from its row as it was written, whatever it says", () => {
  const envelope = fc.record({
    id: text,
    body: fc.oneof(text, fc.uint8Array()),
    headers: fc.dictionary(text.filter((name) => name !== "__proto__"), text),
    priority: fc.constantFrom(1, 2, 3, 4, 5),
    key: text,
  }, { requiredKeys: ["id", "body", "headers"] });
  fc.assert(fc.property(envelope, (given) => {
    const read = readRow("q", { ...toRow("q", given as Envelope, {}), ...POSITION });
    assert.deepEqual(
      JSON.stringify(read),
      JSON.stringify({ queue: "q", envelope: order(given as Envelope), attempt: 2 }),
    );
  }));
});

/** Puts the fields in the order in which a row is read; JSON compares bytes, and objects without a prototype. */
function order({ id, body, headers, priority, key }: Envelope): Envelope {
  return {
    id,
    body,
    headers,
    ...(priority === undefined ? {} : { priority }),
    ...(key === undefined ? {} : { key }),
  };
}

Deno.test("a row that others wrote is not read, and does no harm", () => {
  const row = toRow("q", { id: "a", body: "", headers: {} }, {});
  for (
    const head of ["not JSON", "null", "{}", '{"id":"a"}', '{"id":"a","headers":null}', '{"headers":{}}']
  ) {
    assert.equal(readRow("q", { ...row, ...POSITION, head }), undefined, head);
  }
});

Deno.test("toRow() shortens keys, equal ones to the same, however long and odd they are", () => {
  const keyOf = (key?: string) =>
    toRow("q", { id: "a", body: "", headers: {}, ...(key && { key }) }, {}).orderKey;
  assert.equal(keyOf(), null);
  assert.equal(keyOf("conv_1"), keyOf("conv_1"));
  assert.notEqual(keyOf("conv_1"), keyOf("conv_2"));
  assert.match(keyOf("\0'".repeat(100_000))!, /^[\w-]{22}$/);
});

const REFUSED: [what: string, queue: string, bytes: number, code: string][] = [
  ["a queue without a name", "", 0, "invalid_message"],
  ["a queue's name that no index holds", "q".repeat(LONGEST_QUEUE_NAME + 1), 0, "invalid_message"],
  ["a queue's name with NUL", "a\0b", 0, "invalid_message"],
  ["a body that no statement takes", "q", MOST_BODY_BYTES + 1, "too_large"],
];

for (const [what, queue, bytes, code] of REFUSED) {
  Deno.test(`toRow() refuses ${what} as ${code}`, () => {
    assert.throws(
      () => toRow(queue, { id: "a", body: new Uint8Array(bytes), headers: {} }, {}),
      (error) => error instanceof ParleyError && error.code === code,
    );
  });
}

Deno.test("toRow() takes a delay of nothing for none, and keeps an expiry of nothing", () => {
  const { delayMs, expiresMs } = toRow("q", { id: "a", body: "", headers: {} }, { delayMs: 0, expiresMs: 0 });
  assert.deepEqual([delayMs, expiresMs], [null, 0]);
});

Deno.test("byTurn() goes by priority, then by position as a number, however long", () => {
  const row = (priority: number, position: string) =>
    ({ priority, position }) as Parameters<typeof byTurn>[0];
  const rows = [row(3, "10"), row(3, "9"), row(1, "9223372036854775807"), row(1, "9223372036854775806")];
  assert.deepEqual(rows.sort(byTurn).map(({ position }) => position), [
    "9223372036854775806",
    "9223372036854775807",
    "9",
    "10",
  ]);
});
