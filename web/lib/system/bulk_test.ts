import { expect } from "expect";
import { ApiError } from "../live/api.ts";
import { Bulk } from "./bulk.ts";

const busy = new ApiError(429, "rate_limited", "Too many requests.", 250);

function rig(act: (id: string) => unknown = () => {}) {
  const [done, pauses]: [string[], number[]] = [[], []];
  const bulk = new Bulk({
    act: async (id) => await act(id),
    onDone: (id) => done.push(id),
    pause: async (ms) => void await Promise.resolve(pauses.push(ms)),
  });
  return { bulk, done, pauses };
}

Deno.test("each is done once, and what failed is told with why", async () => {
  const gone = new ApiError(404, "not_found", "Gone.");
  const { bulk, done } = rig((id) => {
    if (id === "b") throw gone;
  });
  await bulk.run(["a", "b", "c"]);
  expect(done).toEqual(["a", "c"]);
  expect(bulk.progress.value).toEqual({
    state: "ended",
    done: 2,
    failed: 1,
    total: 3,
    failures: [{ id: "b", error: gone }],
    isPausing: false,
  });
});

Deno.test("the server's pauses are waited for, and then it is tried again", async () => {
  let tries = 0;
  const { bulk, done, pauses } = rig(() => {
    if (++tries < 3) throw busy;
  });
  await bulk.run(["a"]);
  expect([done, pauses, bulk.progress.value.failed]).toEqual([["a"], [250, 250], 0]);
});

Deno.test("stop() ends it before the next, also during a pause", async () => {
  const { bulk, done } = rig(() => bulk.stop());
  await bulk.run(["a", "b"]);
  expect([done, bulk.progress.value.state]).toEqual([["a"], "stopped"]);
  const pausing = rig(() => {
    pausing.bulk.stop();
    throw busy;
  });
  await pausing.bulk.run(["a", "b"]);
  expect([pausing.done, pausing.bulk.progress.value]).toMatchObject([[], { state: "stopped", failed: 0 }]);
});

Deno.test("without the server it is broken off: the rest did not fail", async () => {
  const away = new ApiError(503, "unavailable", "Away.");
  const { bulk, done } = rig((id) => {
    if (id === "b") throw away;
  });
  await bulk.run(["a", "b", "c"]);
  expect([done, bulk.progress.value]).toMatchObject([["a"], { state: "broken off", failed: 0, error: away }]);
});

Deno.test("a walk that fails breaks it off, too, with what was done", async () => {
  const { bulk, done } = rig();
  await bulk.run(async function* () {
    yield await Promise.resolve("a");
    throw new ApiError(0, "unavailable", "");
  }());
  expect([done, bulk.progress.value.state]).toEqual([["a"], "broken off"]);
});

Deno.test("of many failures the first twenty are kept", async () => {
  const { bulk } = rig(() => {
    throw new Error("no");
  });
  await bulk.run(Array.from({ length: 50 }, (_, index) => `${index}`));
  expect([bulk.progress.value.failed, bulk.progress.value.failures.length]).toEqual([50, 20]);
});
