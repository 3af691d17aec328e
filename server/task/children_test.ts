import { strict as assert } from "node:assert";
import { newId } from "../../shared/model/id.ts";
import { openStore } from "../../shared/store/open.ts";
import type { TaskRecord } from "../../shared/model/task.ts";
import type { KeptTask } from "../../shared/store/store.ts";
import { asked } from "../../shared/task/testing/record.ts";
import { ADA, quiet, Rig, SERVER } from "./testing/rig.ts";

const kept = (fields: Partial<TaskRecord>): KeptTask => ({
  task: asked({ task_id: newId("task"), ...fields }),
  version: 1,
  serverId: null,
  answerTo: null,
});

Deno.test("subtasks that a killed server left to go on after their parent's end are cancelled by the next", async () => {
  await using store = await openStore("sqlite::memory:");
  const [parent, done] = [kept({ status: "failed" }), kept({ status: "completed" })];
  const { task_id } = parent.task;
  const children = [kept({ parent_task_id: task_id }), kept({ parent_task_id: task_id })];
  const wanted = kept({ parent_task_id: task_id, forgiven_attempts: 1 });
  const independent = kept({ parent_task_id: done.task.task_id });
  await store.tasks.add(SERVER, [parent, done, ...children, wanted, independent]);
  await using rig = await Rig.open({ store });
  for (const child of children) {
    const { error } = await rig.status(child.task.task_id, "cancelled");
    assert.equal(error, `The end of its parent ${task_id} cancelled it.`);
  }
  await quiet();
  for (const { task } of [wanted, independent]) assert.equal((await rig.get(task.task_id)).status, "pending");
});

Deno.test("they are cancelled though the store fails when the server begins", async () => {
  await using store = await openStore("sqlite::memory:");
  const parent = kept({ status: "cancelled" });
  const child = kept({ parent_task_id: parent.task.task_id });
  await store.tasks.add(SERVER, [parent, child]);
  await using rig = await Rig.open({ store, faultOf: () => "before" });
  await quiet();
  assert.equal((await rig.get(child.task.task_id)).status, "pending");
  rig.tasks.faultOf = () => undefined;
  rig.clock.advance(1_000);
  await rig.status(child.task.task_id, "cancelled");
});

Deno.test("all of many subtasks end with their parent", async () => {
  await using rig = await Rig.open();
  const parent_task_id = await rig.ask();
  const children = Array.from({ length: 250 }, () => kept({ parent_task_id }));
  await rig.store.tasks.add(SERVER, children);
  await rig.center.cancel(parent_task_id, ADA.id);
  for (const { task } of children) await rig.status(task.task_id, "cancelled");
  // Their ids are had without reading them.
  rig.tasks.list = () => Promise.reject(new Error("Nobody asked for the tasks."));
  const newest = children.slice(-100).map(({ task }) => task.task_id).reverse();
  assert.deepEqual(await rig.center.subtaskIds(ADA, parent_task_id), newest);
});
