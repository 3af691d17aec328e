import { strict as assert } from "node:assert";
import { ParleyError } from "../error.ts";
import { Inbox, turn } from "./conformance/inbox.ts";
import { type Outgoing, Publishing, takeBatch } from "./sql_publishing.ts";
import { toRow } from "./sql_row.ts";
import type { Fault, NewRow, SqlWire } from "./sql_wire.ts";

const outgoing = (number: number, bytes = 1): Outgoing => ({
  number,
  row: toRow("q", { id: String(number), body: new Uint8Array(bytes), headers: {} }, {}),
});
const idsOf = (rows: readonly NewRow[]) => rows.map(({ head }) => JSON.parse(head).id).join(" ");

/** Publishes on a wire that fails as `fails` says for the ids that a statement stores; errors are named by their fault. */
function publishing(fails: (ids: string) => Fault | undefined) {
  const [stored, confirmed, refused] = [
    new Inbox<string>(),
    new Inbox<number>(),
    new Inbox<[number, string]>(),
  ];
  const lost = new Inbox<unknown>();
  const publish = (rows: readonly NewRow[]) => {
    const fault = fails(idsOf(rows));
    if (fault) return Promise.reject(new Error(fault));
    stored.put(idsOf(rows));
    return Promise.resolve();
  };
  const under = new Publishing({
    wire: { publish } as Partial<SqlWire> as SqlWire,
    judge: (error) => (error as Error).message as Fault,
    mostRows: 10,
    outbox: {
      confirm: (number) => confirmed.put(number),
      refuse: (number, error: ParleyError) => refused.put([number, error.code]),
    },
    lost: (error) => lost.put(error),
  });
  return { under, stored, confirmed, refused, lost };
}

Deno.test("what one turn of the event loop publishes is stored together, in its order", async () => {
  const { under, stored, confirmed } = publishing(() => undefined);
  for (const number of [1, 2, 3]) under.add(outgoing(number));
  assert.equal(await stored.next(), "1 2 3");
  assert.deepEqual(await confirmed.take(3), [1, 2, 3]);
});

Deno.test("a message that cannot be stored is refused alone, and keeps no other from being stored", async () => {
  const { under, stored, confirmed, refused } = publishing((ids) => ids.includes("2") ? "data" : undefined);
  for (const number of [1, 2, 3]) under.add(outgoing(number));
  assert.deepEqual(await refused.next(), [2, "invalid_message"]);
  assert.deepEqual(await confirmed.take(2), [1, 3]);
  assert.deepEqual(stored.rest(), ["1", "3"]);
});

Deno.test("a commit that came to grief by chance is made again", async () => {
  let times = 0;
  const { under, confirmed } = publishing(() => ++times < 3 ? "again" : undefined);
  under.add(outgoing(1));
  assert.equal(await confirmed.next(), 1);
  assert.equal(times, 3);
});

Deno.test("what a full database refuses is refused as unavailable, at once", async () => {
  const { under, refused } = publishing(() => "refused");
  for (const number of [1, 2]) under.add(outgoing(number));
  assert.deepEqual(await refused.take(2), [[1, "unavailable"], [2, "unavailable"]]);
});

Deno.test("with a lost wire nothing is refused, since the next one stores it", async () => {
  const { under, lost, refused, confirmed } = publishing(() => "lost");
  under.add(outgoing(1));
  await lost.next();
  assert.deepEqual([refused.rest(), confirmed.rest()], [[], []]);
});

Deno.test("what has ended stores nothing more", async () => {
  const { under, stored } = publishing(() => undefined);
  under.add(outgoing(1));
  under.end();
  await turn();
  await turn();
  assert.deepEqual(stored.rest(), []);
});

const MIB = 1024 * 1024;
const BATCHES: [what: string, bytes: number[], mostRows: number, taken: number][] = [
  ["all that fits", [1, 1, 1], 10, 3],
  ["as many rows as a statement has", [1, 1, 1], 2, 2],
  ["as many bytes as a statement should have", [2 * MIB, 2 * MIB, 1], 10, 2],
  ["one that is larger than that by itself", [5 * MIB, 1], 10, 1],
];

for (const [what, bytes, mostRows, taken] of BATCHES) {
  Deno.test(`takeBatch() takes ${what}`, () => {
    const waiting = bytes.map((size, index) => outgoing(index, size));
    assert.deepEqual(takeBatch(waiting, mostRows).map(({ number }) => number), [...Array(taken).keys()]);
    assert.equal(waiting.length, bytes.length - taken);
  });
}
