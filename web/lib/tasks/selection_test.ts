/** What is chosen in a list. */
import { expect } from "expect";
import { chosen, current, idsWhere, NOTHING, only, range } from "./selection.ts";
import { mayCancel, mayRetry } from "./task_item.ts";
import { someTask } from "./testing/some_task.ts";

const ROWS = [5, 4, 3, 2, 1].map((at) => someTask(at));
const ids = (tasks: readonly { task_id: string }[]) => tasks.map(({ task_id }) => task_id);

Deno.test("a range goes from the one to the other, up or down, and is one row where the first is gone", () => {
  expect(ids(range(ROWS, "task_4", "task_2"))).toEqual(["task_4", "task_3", "task_2"]);
  expect(ids(range(ROWS, "task_2", "task_4"))).toEqual(["task_4", "task_3", "task_2"]);
  expect(ids(range(ROWS, "task_gone", "task_4"))).toEqual(["task_4"]);
  expect(ids(range(ROWS, undefined, "task_1"))).toEqual(["task_1"]);
});

Deno.test("what can be done follows from how each stands by now", () => {
  let selection = chosen(NOTHING, [
    someTask(1),
    someTask(2, { status: "failed" }),
    someTask(3, { status: "completed" }),
  ], true);
  expect([idsWhere(selection, mayRetry), idsWhere(selection, mayCancel)]).toEqual([["task_2"], ["task_1"]]);
  selection = current(selection, [someTask(1, { status: "cancelled" }), someTask(9)]);
  expect([idsWhere(selection, mayRetry), idsWhere(selection, mayCancel)]).toEqual([["task_1", "task_2"], []]);
  expect(chosen(selection, [someTask(1), someTask(2), someTask(3)], false).size).toBe(0);
});

Deno.test("of what is chosen, all but some are chosen no longer", () => {
  const selection = chosen(NOTHING, [someTask(1), someTask(2, { status: "failed" })], true);
  expect(only(selection, new Set(["task_2", "task_9"]))).toEqual(new Map([["task_2", "failed"]]));
});
