/** The same thing done to many tasks, and every page of a list walked. */
import { expect } from "expect";
import { ApiError } from "../live/api.ts";
import { doEach, patiently } from "./bulk.ts";
import { someTask } from "./testing/some_task.ts";
import { walk } from "./walk.ts";

const IDS = Array.from({ length: 20 }, (_, at) => `task_${at}`);
const reasonOf = (error: unknown) => (error as Error).message;
const pace = () => new ApiError(429, "rate_limited", "Too many", 70);

Deno.test("every one is tried; what fails is gathered by its reason", async () => {
  const progress: number[] = [];
  const result = await doEach(IDS, (id) => {
    if (id === "task_3" || id === "task_5") return Promise.reject(new Error("It has ended."));
    return id === "task_7" ? Promise.reject(new Error("It is gone.")) : Promise.resolve();
  }, { signal: new AbortController().signal, onProgress: (done) => progress.push(done), reasonOf });
  expect(result).toEqual({
    done: 17,
    left: 0,
    failed: new Map([["It has ended.", ["task_3", "task_5"]], ["It is gone.", ["task_7"]]]),
  });
  expect(progress).toEqual(IDS.map((_, at) => at + 1));
});

Deno.test("no more than four are under way at once", async () => {
  let [now, most] = [0, 0];
  await doEach(IDS, async () => {
    most = Math.max(most, ++now);
    await Promise.resolve();
    now--;
  }, { signal: new AbortController().signal, onProgress: () => {}, reasonOf });
  expect(most).toBe(4);
});

Deno.test("stopped, it ends after what is under way, and says how many are left", async () => {
  const stopping = new AbortController();
  const result = await doEach(IDS, () => Promise.resolve(), {
    signal: stopping.signal,
    onProgress: (done) => done === 5 && stopping.abort(),
    reasonOf,
  });
  expect(result.done + result.left).toBe(20);
  expect(result.done).toBeLessThan(10);
});

Deno.test("patiently() waits as long as the server says, and tries again", async () => {
  const pauses: number[] = [];
  let tries = 0;
  const answer = await patiently(
    () => ++tries < 3 ? Promise.reject(pace()) : Promise.resolve("done"),
    { pause: (ms) => Promise.resolve(void pauses.push(ms)) },
  );
  expect([answer, pauses]).toEqual(["done", [70, 70]]);
});

Deno.test("patiently() gives up in the end, and at once on whatever else fails", async () => {
  let tries = 0;
  const refuse = () => Promise.reject((tries++, pace()));
  await expect(patiently(refuse, { pause: () => Promise.resolve() })).rejects.toThrow("Too many");
  expect(tries).toBe(8);
  await expect(patiently(() => Promise.reject(new ApiError(409, "conflict", "No")))).rejects.toThrow("No");
});

Deno.test("walk() goes through every page, and no further once it is stopped", async () => {
  const pages: Record<string, { items: ReturnType<typeof someTask>[]; next_cursor: string | null }> = {
    "": { items: [someTask(2)], next_cursor: "a" },
    a: { items: [someTask(1)], next_cursor: null },
  };
  const seen: string[] = [];
  const options = {
    read: (cursor: string) => Promise.resolve(pages[cursor]!),
    onPage: (items: readonly { task_id: string }[]) => void seen.push(...items.map(({ task_id }) => task_id)),
  };
  expect([await walk({ ...options, signal: new AbortController().signal }), seen]).toEqual([true, [
    "task_2",
    "task_1",
  ]]);
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  expect(await walk({ ...options, onPage: stop, signal: stopping.signal })).toBe(false);
});
