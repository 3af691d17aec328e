import { strict as assert } from "node:assert";
import fc from "../testing/property.ts";
import { type Entry, LocalQueue, type Taker } from "./local_queue.ts";

function entry(seq: number, more: Partial<Entry> = {}): Entry {
  return {
    seq,
    queue: "q",
    priority: 3,
    key: undefined,
    visibleAt: 0,
    expiresAt: Infinity,
    envelope: undefined,
    attempts: 0,
    claimed: false,
    taker: undefined,
    state: "delayed",
    ...more,
  };
}

const taker = (limit: number): Taker => ({ limit, mayBeUnstored: false, taken: 0, give: () => {} });

Deno.test("next() gives by priority, then in order, and what was given back first", () => {
  const queue = new LocalQueue();
  queue.attach(taker(10));
  for (const [seq, priority] of [[1, 3], [2, 1], [3, 3], [4, 5]] as const) {
    queue.add(entry(seq, { priority }));
  }
  const [two, one] = [queue.next(), queue.next()];
  assert.deepEqual([two?.seq, one?.seq], [2, 1]);
  queue.giveBack(one!);
  assert.deepEqual([queue.next()?.seq, queue.next()?.seq, queue.next()?.seq], [1, 3, 4]);
  assert.equal(queue.next(), undefined);
});

Deno.test("next() gives nothing to takers that are full, and nothing that was dropped", () => {
  const queue = new LocalQueue();
  queue.attach(taker(1));
  const [first, second, third] = [entry(1), entry(2), entry(3)];
  for (const one of [first, second, third]) queue.add(one);
  assert.equal(queue.next(), first);
  assert.equal(queue.next(), undefined);
  queue.drop(second);
  queue.settle(first);
  assert.equal(queue.next(), third);
  assert.deepEqual([queue.ready, queue.out], [0, 1]);
});

Deno.test("takers share in turn", () => {
  const queue = new LocalQueue();
  const takers = [taker(10), taker(10)];
  for (const one of takers) queue.attach(one);
  for (let seq = 1; seq <= 6; seq++) {
    queue.add(entry(seq));
    queue.next();
  }
  assert.deepEqual(takers.map(({ taken }) => taken), [3, 3]);
});

Deno.test("whatever happens, nothing is lost or doubled, and no key is with two takers or out of order", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("add" as const), key: fc.constantFrom("a", "b", "c", undefined) }),
    fc.record({ do: fc.constantFrom("settle" as const, "giveBack" as const), at: fc.nat(20) }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const queue = new LocalQueue();
    for (const limit of [1, 2, 3]) queue.attach(taker(limit));
    const out: Entry[] = [];
    const finished = new Set<number>();
    let added = 0;
    const handOut = () => {
      for (let next = queue.next(); next; next = queue.next()) {
        const given = next;
        assert.ok(!out.includes(given) && !finished.has(given.seq));
        const sameKey = out.filter(({ key }) => key !== undefined && key === given.key);
        for (const other of sameKey) assert.equal(other.taker, given.taker);
        out.push(given);
      }
    };
    for (const one of steps) {
      if (one.do === "add") queue.add(entry(++added, { key: one.key }));
      else if (out.length > 0) {
        const [chosen] = out.splice(one.at % out.length, 1);
        if (one.do === "settle") finished.add(chosen!.seq);
        queue[one.do](chosen!);
      }
      handOut();
    }
    while (out.length > 0) {
      const chosen = out.shift()!;
      finished.add(chosen.seq);
      queue.settle(chosen);
      handOut();
    }
    assert.deepEqual([finished.size, queue.ready, queue.out], [added, 0, 0]);
  }));
});

Deno.test("messages of one key are handed out in order when none is given back", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 40 }),
      fc.infiniteStream(fc.nat(5)),
      (keys, picks) => {
        const queue = new LocalQueue();
        for (const limit of [1, 2]) queue.attach(taker(limit));
        keys.forEach((key, index) => queue.add(entry(index + 1, { key })));
        const out: Entry[] = [];
        const order: Record<string, number[]> = { a: [], b: [], c: [] };
        for (;;) {
          for (let next = queue.next(); next; next = queue.next()) {
            out.push(next);
            order[next.key!]!.push(next.seq);
          }
          if (out.length === 0) break;
          const [chosen] = out.splice(picks.next().value! % out.length, 1);
          queue.settle(chosen!);
        }
        for (const seqs of Object.values(order)) assert.deepEqual(seqs, [...seqs].sort((x, y) => x - y));
        assert.equal(Object.values(order).flat().length, keys.length);
      },
    ),
    { numRuns: 1_000 },
  );
});

Deno.test("next() gives nothing more to a taker that has left, and its key's messages to others once it is done", () => {
  const queue = new LocalQueue();
  const [leaving, staying] = [taker(10), taker(10)];
  queue.attach(leaving);
  const [first, second] = [entry(1, { key: "conv" }), entry(2, { key: "conv" })];
  queue.add(first);
  assert.equal(queue.next(), first);
  queue.attach(staying);
  queue.detach(leaving);
  queue.add(second);
  assert.equal(queue.next(), undefined, "the first message of the key is still being worked on");
  queue.settle(first);
  assert.equal(queue.next(), second);
  assert.equal(second.taker, staying);
});
