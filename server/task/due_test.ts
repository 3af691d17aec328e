import { strict as assert } from "node:assert";
import { after, asked, AT_MS } from "../../shared/task/testing/record.ts";
import { dueOf, dueTimes, Timetable } from "./due.ts";

const at = (ms: number) => new Date(AT_MS + ms).toISOString();
const HELD = { kind: "assigned", agentId: "agent_1" } as const;
const BY = { agentId: "agent_1" };

Deno.test("a task is due at its deadline, and at the end of its attempt or of its pause", () => {
  const task = asked({ deadline: at(90_000), timeout_s: 5 });
  const held = after(task, HELD);
  const pausing = after(held, { kind: "failed", by: BY, error: "no" });
  const ended = after(held, { kind: "completed", by: BY, result: 1 });
  const relative = [task, held, pausing, ended].map((each) => dueTimes(each).map((ms) => ms - AT_MS));
  // Everything happens a second after it was asked for, and the first pause is ten.
  assert.deepEqual(relative, [[90_000], [90_000, 6_000], [90_000, 11_000], []]);
  assert.deepEqual(dueOf(task, AT_MS), { kind: "assignable" });
  assert.equal(dueOf(held, AT_MS + 5_999), undefined);
  assert.deepEqual(dueOf(held, AT_MS + 6_000), { kind: "overdue", attempt: 1 });
  assert.equal(dueOf(pausing, AT_MS + 10_999), undefined);
  assert.deepEqual(dueOf(pausing, AT_MS + 11_000), { kind: "assignable" });
  assert.deepEqual(dueOf(held, AT_MS + 90_000), { kind: "deadline_passed" });
  assert.equal(dueOf(ended, AT_MS + 90_000), undefined);
});

Deno.test("what was put down counts until the task changes, each time once", () => {
  const timetable = new Timetable();
  const task = asked({ deadline: at(90_000), timeout_s: 5 });
  timetable.set(task);
  const held = after(task, HELD);
  timetable.set(held);
  assert.equal(timetable.nextAtMs, AT_MS + 6_000);
  assert.deepEqual(timetable.take(AT_MS + 5_999, 9), []);
  assert.deepEqual(timetable.take(AT_MS + 6_000, 9), ["task_1"]);
  assert.deepEqual(timetable.take(AT_MS + 6_000, 9), []);
  timetable.setAfter(held, AT_MS + 6_000);
  assert.deepEqual(timetable.take(AT_MS + 90_000, 9), ["task_1"]);
  timetable.set(held);
  timetable.set(after(held, { kind: "completed", by: BY, result: 1 }));
  assert.deepEqual(timetable.take(AT_MS + 10 ** 9, 9), []);
});

Deno.test("progress adds nothing, and tasks that ended long before their deadline are forgotten", () => {
  const timetable = new Timetable();
  const held = after(asked({ deadline: at(90_000) }), HELD);
  for (let times = 0; times < 5_000; times++) timetable.set(held);
  assert.equal(timetable.size, 1);
  for (let number = 0; number < 5_000; number++) {
    const task = asked({ task_id: `task_${number}`, deadline: at(90_000) });
    timetable.set(task);
    timetable.set(after(task, { kind: "cancelled", by: "web_ada" }));
  }
  assert.ok(timetable.size <= 1_100, `${timetable.size} entries`);
});
