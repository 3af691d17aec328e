/** A task as the rows of its table: what was asked for stands apart from what becomes of it, which is written again and again. */
import type { Principal } from "../../model/principal.ts";
import { isTaskEnded, type TaskRecord } from "../../model/task.ts";
import type { KeptTask } from "../store.ts";
import type { TaskTable } from "./schema.ts";
import { foldForSearch } from "./text.ts";

/** Characters of a description that can be searched. */
const SEARCHED = 2_000;

export const READ_COLUMNS = ["asked", "state", "version", "server_id", "answer_to"] as const;

export function keyOf(tenantId: string, taskId: string): Pick<TaskTable, "tenant_id" | "task_id"> {
  return { tenant_id: tenantId, task_id: taskId };
}

export function toRow({ tenantId, id }: Principal, kept: KeptTask): Omit<TaskTable, "position"> {
  const { task } = kept;
  const searched = `${task.task_type} ${task.task_id} ${task.description.slice(0, SEARCHED)}`;
  return {
    ...keyOf(tenantId, task.task_id),
    ...stateColumns(kept),
    principal_id: id,
    requested_by: task.requested_by,
    idempotency_key: task.idempotency_key,
    parent_task_id: task.parent_task_id,
    task_type: task.task_type,
    version: kept.version,
    created_at: task.created_at,
    text_search: foldForSearch(searched),
    asked: JSON.stringify(askedOf(task)),
  };
}

/** What never changes about a task. */
function askedOf(task: TaskRecord) {
  const { task_id, task_type, description, parameters, required_capabilities, priority, parent_task_id } =
    task;
  const { preferred_agent, idempotency_key, timeout_s, max_retries, created_at, requested_by } = task;
  return {
    task_id,
    task_type,
    description,
    parameters,
    required_capabilities,
    priority,
    parent_task_id,
    preferred_agent,
    idempotency_key,
    timeout_s,
    max_retries,
    created_at,
    requested_by,
  } satisfies Partial<TaskRecord>;
}

type StateOf = Omit<TaskRecord, keyof ReturnType<typeof askedOf>>;

/** What may change about a task; with `askedOf` it is all of it. */
function stateOf(task: TaskRecord): StateOf {
  const { status, agent_id, attempt, progress, progress_note, result, error, code, attempts } = task;
  const { deadline, not_before, forgiven_attempts, updated_at, ended_at } = task;
  return {
    status,
    agent_id,
    attempt,
    progress,
    progress_note,
    result,
    error,
    code,
    attempts,
    deadline,
    not_before,
    forgiven_attempts,
    updated_at,
    ended_at,
  };
}

/** Writes what changes of a task. */
export function stateColumns({ task, serverId, answerTo }: KeptTask) {
  return {
    status: task.status,
    is_open: isTaskEnded(task.status) ? 0 : 1,
    is_unwell: isTaskEnded(task.status) && task.status !== "completed" ? 1 : 0,
    agent_id: task.agent_id,
    server_id: serverId,
    answer_to: answerTo,
    state: JSON.stringify(stateOf(task)),
  };
}

export function toKept(row: Pick<TaskTable, typeof READ_COLUMNS[number]>): KeptTask {
  const task: TaskRecord = { ...JSON.parse(row.asked), ...JSON.parse(row.state) };
  return { task, version: row.version, serverId: row.server_id, answerTo: row.answer_to };
}

/** Tells whether `principal` may see a task: the rule of `visibleTo`, for one that was read. */
export function ownTask({ kind, id }: Principal, { requested_by, agent_id }: TaskRecord): boolean {
  switch (kind) {
    case "server":
      return true;
    case "person":
      return requested_by === id;
    case "agent":
      return requested_by === id || agent_id === id;
    case "broker":
      return false;
  }
}
