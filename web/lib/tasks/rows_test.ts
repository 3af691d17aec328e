/** What news do to a list that somebody reads. */
import { expect } from "expect";
import { filterOf, PAGE_SIZE } from "./filter.ts";
import { MOST_COUNTED, refreshed, reread, type Rows, rowsOf, taken, withFresh } from "./rows.ts";
import type { TaskItem } from "./task_item.ts";
import { someTask } from "./testing/some_task.ts";

const ALL = { filter: filterOf(new URLSearchParams()), isFirst: true, hasMore: true };
const LATER = "2027-01-01T00:00:00.000Z";
const ids = (tasks: readonly TaskItem[]) => tasks.map(({ task_id }) => task_id);
const later = (at: number, more: Partial<TaskItem> = {}) => someTask(at, { updated_at: LATER, ...more });

Deno.test("a row changes in place, and the others are the same objects as before", () => {
  const rows = rowsOf([someTask(3), someTask(2), someTask(1)]);
  const next = taken(rows, [later(2, { status: "completed" })], ALL);
  expect(next.shown[1]).toMatchObject({ task_id: "task_2", status: "completed" });
  expect([next.shown[0], next.shown[2]]).toEqual([rows.shown[0], rows.shown[2]]);
  expect(next.shown[0] === rows.shown[0]).toBe(true);
});

Deno.test("news that change nothing give the very rows there were", () => {
  const rows = rowsOf([someTask(3)]);
  const narrow = { ...ALL, filter: filterOf(new URLSearchParams("type=other")) };
  expect(taken(rows, [someTask(9)], narrow) === rows).toBe(true);
});

Deno.test("older news than what is shown are passed over", () => {
  const rows = rowsOf([later(1, { status: "completed" })]);
  expect(taken(rows, [someTask(1, { status: "in_progress" })], ALL).shown[0]!.status).toBe("completed");
});

Deno.test("a row stays when its task is no longer what is looked for", () => {
  const filter = filterOf(new URLSearchParams("status=failed"));
  const rows = rowsOf([someTask(1, { status: "failed" })]);
  const next = taken(rows, [later(1)], { ...ALL, filter });
  expect(ids(next.shown)).toEqual(["task_1"]);
});

Deno.test("new tasks wait apart, each counted once, newest first, and are put on top when asked for", () => {
  let rows = rowsOf([someTask(1)]);
  rows = taken(rows, [someTask(2), someTask(3)], ALL);
  rows = taken(rows, [later(2, { status: "completed" })], ALL);
  expect([ids(rows.shown), ids(rows.fresh), rows.freshIds.size]).toEqual([
    ["task_1"],
    ["task_3", "task_2"],
    2,
  ]);
  rows = withFresh(rows);
  expect([ids(rows.shown), rows.freshIds.size]).toEqual([["task_3", "task_2", "task_1"], 0]);
  expect(rows.shown[1]!.status).toBe("completed");
});

Deno.test("tasks of an earlier page are not new, and a later page hears of none", () => {
  const rows = rowsOf([someTask(5)]);
  expect(taken(rows, [someTask(1)], ALL) === rows).toBe(true);
  expect(taken(rows, [someTask(9)], { ...ALL, isFirst: false }) === rows).toBe(true);
});

Deno.test("a task that becomes what is looked for is new, wherever it belongs, and goes again when it is not that any more", () => {
  const place = { ...ALL, filter: filterOf(new URLSearchParams("status=failed")) };
  const before = rowsOf([someTask(5, { status: "failed" }), someTask(3, { status: "failed" })]);
  const failed = taken(before, [later(4, { status: "failed" }), later(2, { status: "failed" })], place);
  expect(ids(withFresh(failed).shown)).toEqual(["task_5", "task_4", "task_3"]);
  expect(taken(failed, [later(4, { status: "pending" })], place).freshIds.size).toBe(0);
  const last = taken(before, [later(2, { status: "failed" })], { ...place, hasMore: false });
  expect(ids(withFresh(last).shown)).toEqual(["task_5", "task_3", "task_2"]);
});

Deno.test("a busy server fills no more than a page, and is counted no further than that is read", () => {
  let rows: Rows = rowsOf([]);
  for (let batch = 0; batch < 30; batch++) {
    rows = taken(rows, Array.from({ length: 100 }, (_, at) => someTask(batch * 100 + at)), ALL);
  }
  expect([rows.fresh.length, rows.freshIds.size]).toEqual([PAGE_SIZE, MOST_COUNTED]);
  expect(rows.fresh[0]!.task_id).toBe("task_2999");
});

Deno.test("why a task waits is known from reading it, and lives on in news of it until it begins", () => {
  let rows = refreshed(rowsOf([someTask(1)]), [someTask(1, { waiting_reason: "All are busy." })]);
  rows = taken(rows, [later(1, { priority: 1 })], ALL);
  expect(rows.shown[0]).toMatchObject({ priority: 1, waiting_reason: "All are busy." });
  rows = taken(rows, [later(1, { status: "assigned" })], ALL);
  expect(rows.shown[0]!.waiting_reason).toBeNull();
});

Deno.test("what news leave out for its length stays as it was read", () => {
  const rows = taken(rowsOf([someTask(1, { result: { a: 1 } })]), [
    later(1, { status: "completed", result: null, left_out: ["result"] }),
  ], ALL);
  expect(rows.shown[0]).toMatchObject({ status: "completed", result: { a: 1 } });
});

Deno.test("a page that was read anew does not undo later news", () => {
  const rows = reread(rowsOf([later(1, { status: "completed" })]), [someTask(2), someTask(1)]);
  expect(rows.shown.map(({ status }) => status)).toEqual(["pending", "completed"]);
});
