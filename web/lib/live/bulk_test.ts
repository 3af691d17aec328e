import { expect } from "expect";
import { ApiError } from "./api.ts";
import { Bulk } from "./bulk.ts";

const busy = new ApiError(429, "rate_limited", "Too many requests.", 250);
const away = new ApiError(503, "unavailable", "Away.");
const many = (count: number) => Array.from({ length: count }, (_, at) => `${at}`);

function rig(act: (id: string) => unknown = () => {}) {
  const [done, pauses]: [string[], number[]] = [[], []];
  const bulk = new Bulk({
    act: async (id) => await act(id),
    onDone: (id) => done.push(id),
    pause: async (ms) => void await Promise.resolve(pauses.push(ms)),
  });
  return { bulk, done, pauses };
}

Deno.test("each is done once, and what failed is gathered by its reason", async () => {
  const { bulk, done } = rig((id) => {
    if (id === "3" || id === "5") throw new ApiError(409, "conflict", "It has ended.");
    if (id === "7") throw new ApiError(404, "not_found", "It is gone.");
  });
  await bulk.run(many(10));
  expect(done.sort()).toEqual(["0", "1", "2", "4", "6", "8", "9"]);
  expect(bulk.progress.value).toEqual({
    state: "ended",
    done: 7,
    failed: 3,
    total: 10,
    reasons: new Map([
      ["It has ended.", { count: 2, ids: ["3", "5"] }],
      ["It is gone.", { count: 1, ids: ["7"] }],
    ]),
    isPausing: false,
  });
});

Deno.test("no more than four are under way at once", async () => {
  let [now, most] = [0, 0];
  const { bulk } = rig(async () => {
    most = Math.max(most, ++now);
    // Longer than it takes to begin with the next.
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
    now--;
  });
  await bulk.run(many(20));
  expect([most, bulk.progress.value.done]).toEqual([4, 20]);
});

Deno.test("the server's pauses are waited for, and then it is tried again, however often", async () => {
  let tries = 0;
  const { bulk, done, pauses } = rig(() => {
    if (tries > 0) expect(bulk.progress.value.isPausing).toBe(false);
    if (++tries < 20) throw busy;
  });
  await bulk.run(["a"]);
  expect([done, pauses, bulk.progress.value.failed]).toEqual([["a"], Array(19).fill(250), 0]);
});

Deno.test("stop() ends it after what is under way; in a pause, what waits has not failed", async () => {
  const { bulk } = rig(() => bulk.stop());
  await bulk.run(many(20));
  expect(bulk.progress.value).toMatchObject({ state: "stopped", failed: 0 });
  expect(bulk.progress.value.done).toBeLessThanOrEqual(4);
  const pausing = rig(() => {
    queueMicrotask(() => pausing.bulk.stop());
    throw busy;
  });
  await pausing.bulk.run(["a"]);
  expect([pausing.done, pausing.bulk.progress.value]).toMatchObject([[], { state: "stopped", failed: 0 }]);
});

Deno.test("stopped when all was done already, it has ended", async () => {
  const { bulk } = rig(() => bulk.stop());
  await bulk.run(["a"]);
  expect(bulk.progress.value).toMatchObject({ state: "ended", done: 1 });
});

Deno.test("without the server it is broken off: the rest did not fail", async () => {
  const tried: string[] = [];
  const { bulk } = rig((id) => {
    tried.push(id);
    if (Number(id) > 4) throw away;
  });
  await bulk.run(many(100));
  expect(bulk.progress.value).toMatchObject({ state: "broken off", done: 5, failed: 0, error: away });
  expect(tried.length).toBeLessThan(10);
});

Deno.test("a walk that fails breaks it off, too, with what was done", async () => {
  const { bulk, done } = rig();
  await bulk.run(async function* () {
    yield await Promise.resolve("a");
    throw new ApiError(0, "unavailable", "");
  }());
  expect([done, bulk.progress.value.state]).toEqual([["a"], "broken off"]);
});

Deno.test("of many failures the first ten of a reason are kept, and the first twenty reasons", async () => {
  const same = rig(() => {
    throw new Error("no");
  });
  await same.bulk.run(many(50));
  expect(same.bulk.progress.value.reasons.get("no")).toMatchObject({ count: 50, ids: { length: 10 } });
  const different = rig((id) => {
    throw new Error(`no ${id}`);
  });
  await different.bulk.run(many(50));
  expect([different.bulk.progress.value.failed, different.bulk.progress.value.reasons.size]).toEqual([
    50,
    20,
  ]);
});
