import { expect } from "expect";
import { someTask } from "./testing/some_task.ts";
import { walk } from "./walk.ts";

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
