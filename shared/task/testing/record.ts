/** Tasks as they are after something has happened to them, for the tests of decisions. */
import { NOTHING_DONE, type TaskRecord } from "../../model/task.ts";
import { type Circumstances, decide, type TaskEvent } from "../transition.ts";

export const AT_MS = Date.parse("2026-01-01T00:00:00.000Z");
export const NOW: Circumstances = { nowMs: AT_MS + 1_000, pauseMs: (failures) => failures * 10_000 };

/** Makes a task that nothing has happened to. */
export function asked(fields: Partial<TaskRecord> = {}): TaskRecord {
  return {
    ...NOTHING_DONE,
    attempts: [],
    task_id: "task_1",
    task_type: "report",
    description: "",
    parameters: {},
    required_capabilities: [],
    priority: 3,
    parent_task_id: null,
    deadline: null,
    preferred_agent: null,
    idempotency_key: null,
    timeout_s: null,
    max_retries: 1,
    created_at: new Date(AT_MS).toISOString(),
    updated_at: new Date(AT_MS).toISOString(),
    requested_by: "web_ada",
    ...fields,
  };
}

/** Gives the task after these events. Throws the first refusal. */
export function after(task: TaskRecord, ...events: TaskEvent[]): TaskRecord {
  return events.reduce((task, event) => {
    const decision = decide(task, event, NOW);
    if (decision.refusal) throw decision.refusal;
    return decision.task ?? task;
  }, task);
}
