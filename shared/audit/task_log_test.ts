import assert from "node:assert/strict";
import type { TaskRecord } from "../model/task.ts";
import { asked } from "../task/testing/record.ts";
import { createFileLogger } from "./file_logger.ts";
import { logTaskChange, taskEventOf } from "./task_log.ts";
import { TestFolder } from "./testing/folder.ts";

const ATTEMPT = {
  attempt: 1,
  agent_id: "agent_002",
  started_at: "2024-01-15T10:32:13.750Z",
  ended_at: "2024-01-15T10:32:15.000Z",
  outcome: "completed",
  error: null,
} as const;

const SECRETS: Partial<TaskRecord> = { description: "secret", parameters: { a: "secret" }, result: "secret" };

Deno.test("taskEventOf() names what has happened to a task by how it is now", () => {
  const cases: [Partial<TaskRecord>, string][] = [
    [{}, "created"],
    [{ attempt: 1 }, "retrying"],
    [{ status: "assigned", attempt: 1 }, "assigned"],
    [{ status: "in_progress", attempt: 1 }, "in_progress"],
    [{ status: "in_progress", attempt: 1, progress: 0.5 }, "progress"],
    [{ status: "completed", progress: 1 }, "completed"],
    [{ status: "cancelled" }, "cancelled"],
  ];
  for (const [fields, event] of cases) assert.equal(taskEventOf(asked(fields)), event);
});

async function loggedOf(fields: Partial<TaskRecord>): Promise<TestFolder> {
  const folder = await TestFolder.make();
  await using logger = createFileLogger(folder.path);
  logTaskChange(logger, asked({ ...SECRETS, task_id: "task_456", ...fields }));
  return folder;
}

Deno.test("logTaskChange() logs a completed task with its time, and not what it is about", async () => {
  const agent_id = "agent_002";
  await using folder = await loggedOf({ status: "completed", agent_id, attempt: 1, attempts: [ATTEMPT] });
  const [entry] = await folder.entries("task_history");
  assert.deepEqual([entry?.task_id, entry?.agent_id, entry?.event], ["task_456", agent_id, "completed"]);
  assert.deepEqual([entry?.data.duration_ms, entry?.data.success], [1250, true]);
  const [time] = await folder.entries("performance");
  assert.deepEqual([time?.metric, time?.value], ["task_time", 1250]);
  assert.doesNotMatch(JSON.stringify(await folder.entries()), /secret/);
});

Deno.test("logTaskChange() logs the error of a task that failed, also one that nobody ever had", async () => {
  await using folder = await loggedOf({
    status: "timed_out",
    code: "timeout",
    error: "Its deadline passed.",
  });
  const [entry] = await folder.entries("task_history");
  assert.deepEqual([entry?.agent_id, entry?.data.success, entry?.data.code], [null, false, "timeout"]);
  const [error] = await folder.entries("errors");
  assert.deepEqual([error?.error_type, error?.error_message], ["timeout", "Its deadline passed."]);
  assert.deepEqual(await folder.entries("performance"), []);
});
