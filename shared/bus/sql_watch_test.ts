import { strict as assert } from "node:assert";
import { Inbox } from "./conformance/inbox.ts";
import { nextLookMs, Watch } from "./sql_watch.ts";
import type { Look, SqlWire } from "./sql_wire.ts";

const POLL = { firstMs: 20, longestMs: 500 };
const PAUSES: [lastMs: number, isLively: boolean, nextMs: number][] = [
  [20, false, 40],
  [160, false, 320],
  [320, false, 500],
  [500, false, 500],
  [500, true, 20],
];

for (const [lastMs, isLively, nextMs] of PAUSES) {
  Deno.test(`nextLookMs() after ${lastMs} ms is ${nextMs} ms when ${isLively ? "something" : "nothing"} goes on`, () => {
    assert.equal(nextLookMs(lastMs, isLively, POLL), nextMs);
  });
}

/** Watches a wire that notes what it is asked to do, and says what `says` gives. */
function watching(says: Partial<SqlWire> = {}, { careMs = 60_000, isEnd = true } = {}) {
  const [asked, woken, failed] = [new Inbox<string>(), new Inbox<string>(), new Inbox<unknown>()];
  const wire: Partial<SqlWire> = {
    care: () => Promise.resolve(asked.put("care")),
    bringDue: () => Promise.resolve(asked.put("due")).then(() => undefined),
    look: (): Promise<Look> => Promise.resolve({ waiting: [], isLively: false }),
    ...says,
  };
  const watch = new Watch({
    wire: wire as SqlWire,
    poll: { firstMs: 1, longestMs: 1 },
    careMs,
    hungry: () => ["q"],
    wake: (queue) => woken.put(queue),
    failed: (error) => {
      failed.put(error);
      return isEnd;
    },
  });
  return { watch, asked, woken, failed };
}

Deno.test("Watch cares and brings what is due at once, and again when a delay is over", async () => {
  const { watch, asked } = watching();
  assert.deepEqual((await asked.take(2)).toSorted(), ["care", "due"]);
  watch.dueIn(1);
  assert.equal(await asked.next(), "due");
  await watch.stop();
});

Deno.test("Watch wakes the readers whose queues have something", async () => {
  const look = (queues: readonly string[]) => Promise.resolve({ waiting: [...queues], isLively: true });
  const { watch, woken } = watching({ look });
  assert.deepEqual(await woken.take(2), ["q", "q"]);
  await watch.stop();
});

Deno.test("Watch says that a round failed, and once it is stopped nothing more", async () => {
  const { watch, failed } = watching({ care: () => Promise.reject(new Error("the lease was lost")) });
  assert.match(String(await failed.next()), /the lease was lost/);
  await watch.stop();
  assert.deepEqual(failed.rest(), []);
});

Deno.test("Watch goes on after an error that does not end the wire", async () => {
  let times = 0;
  const care = () => ++times < 3 ? Promise.reject(new Error("a deadlock")) : Promise.resolve(cared.resolve());
  const cared = Promise.withResolvers<void>();
  const { watch } = watching({ care }, { careMs: 1, isEnd: false });
  await cared.promise;
  await watch.stop();
});
