import { strict as assert } from "node:assert";
import { asked } from "../../shared/task/testing/record.ts";
import type { TaskRecord } from "../../shared/model/task.ts";
import { RecentTasks } from "./recent_tasks.ts";

const kept = (fields: Partial<TaskRecord>) => ({
  task: asked(fields),
  version: 1,
  serverId: null,
  answerTo: null,
});

Deno.test("tasks that wait are at hand as far as there is room, the newest of them; those that agents have always are", () => {
  const recent = new RecentTasks(10_000);
  recent.set(kept({ task_id: "held", status: "assigned" }));
  for (let number = 0; number < 20; number++) recent.set(kept({ task_id: `task_${number}` }));
  assert.equal(recent.get("task_0"), undefined);
  assert.equal(recent.get("task_19")?.task.task_id, "task_19");
  assert.equal(recent.get("held")?.task.task_id, "held");
});

Deno.test("tasks that agents have elsewhere are at hand as far as there is room", () => {
  const recent = new RecentTasks(10_000);
  for (let number = 0; number < 20; number++) {
    recent.set(kept({ task_id: `task_${number}`, status: "assigned" }), false);
  }
  assert.equal(recent.get("task_0"), undefined);
  assert.equal(recent.get("task_19")?.task.status, "assigned");
});

Deno.test("tasks that have ended take no room from those that wait", () => {
  const recent = new RecentTasks(10_000, 3_000);
  recent.set(kept({ task_id: "waits" }));
  for (let number = 0; number < 20; number++) {
    recent.set(kept({ task_id: `task_${number}`, status: "completed" }));
  }
  assert.equal(recent.get("waits")?.task.task_id, "waits");
  assert.equal(recent.get("task_0"), undefined);
  assert.equal(recent.get("task_19")?.task.status, "completed");
});

Deno.test("a task is at hand once, as it was set last, until it is deleted", () => {
  const recent = new RecentTasks();
  recent.set(kept({ task_id: "one" }));
  recent.set({ ...kept({ task_id: "one", status: "completed" }), version: 2 });
  assert.equal(recent.get("one")?.version, 2);
  recent.delete("one");
  assert.equal(recent.get("one"), undefined);
});

Deno.test("once there is no room left, a tenth of it is freed at once, and then nothing until it is full again", () => {
  const recent = new RecentTasks(100 * 2_080);
  const known = () => numbers.filter((number) => recent.get(`task_${number}`)).length;
  const numbers: number[] = [];
  const counts = Array.from({ length: 111 }, (_, number) => {
    numbers.push(number);
    recent.set(kept({ task_id: `task_${number}` }));
    return known();
  });
  assert.deepEqual(counts.slice(98, 111), [99, 100, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100]);
});
