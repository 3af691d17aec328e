/** A task for tests that need one. */
import type { TaskItem } from "../task_item.ts";

/** Makes a task; `task_id` and times follow from `at`, the later the newer. */
export function someTask(at: number, more: Partial<TaskItem> = {}): TaskItem {
  const time = new Date(Date.UTC(2026, 0, 1, 0, 0, at)).toISOString();
  return {
    task_id: `task_${at}`,
    task_type: "resize",
    description: "",
    parameters: {},
    required_capabilities: [],
    priority: 3,
    status: "pending",
    agent_id: null,
    attempt: 0,
    progress: 0,
    progress_note: null,
    result: null,
    error: null,
    code: null,
    attempts: [],
    parent_task_id: null,
    deadline: null,
    preferred_agent: null,
    idempotency_key: null,
    timeout_s: null,
    max_retries: 3,
    not_before: null,
    forgiven_attempts: 0,
    created_at: time,
    updated_at: time,
    ended_at: null,
    requested_by: "web_1",
    ...more,
  };
}
