/** What watchers of tasks are told, and which of them may see which. */
import type { Principal } from "../../shared/model/principal.ts";
import { isTaskEnded, type TaskRecord } from "../../shared/model/task.ts";
import { Watchers } from "../watchers.ts";
import { listed } from "./shown.ts";

/** Which tasks are watched: one, the subtasks of one, or all that may be seen; and whether their end alone. */
export interface WatchedTasks {
  taskId?: string | undefined;
  parentId?: string | undefined;
  onlyEnded?: boolean | undefined;
}

/** Tells whether a task as it stands is what is asked for. */
export function includes({ taskId, parentId, onlyEnded }: WatchedTasks, task: TaskRecord): boolean {
  return (taskId === undefined || taskId === task.task_id) &&
    (parentId === undefined || parentId === task.parent_task_id) &&
    (!onlyEnded || isTaskEnded(task.status));
}

/** How a task stands, for whichever reader: its JSON is written once. */
export interface TaskNews {
  task: TaskRecord;
  /** The `TASK_UPDATE`. */
  json(): string;
}

/** Several at once, so that whoever asked for a task twice is told of it once. */
export interface WatchedSelection {
  some(task: TaskRecord): boolean;
}

export type TaskWatchers = Watchers<TaskRecord, WatchedTasks | WatchedSelection, TaskNews>;

/** `find` gives a task as it stands, for those who missed something of it. */
export function createTaskWatchers(find: (taskId: string) => Promise<TaskRecord | undefined>): TaskWatchers {
  return new Watchers({
    find,
    idOf: ({ task_id }) => task_id,
    frameOf: newsOf,
    matches: (watched, task) => "some" in watched ? watched.some(task) : includes(watched, task),
    maySee,
    catchUpMs: 0,
  });
}

function newsOf(task: TaskRecord): TaskNews {
  let json: string | undefined;
  return { task, json: () => json ??= JSON.stringify({ message_type: "TASK_UPDATE", task: listed(task) }) };
}

/** Tells whether somebody may see a task: the rule of the store, for what is told without asking it. */
export function maySee({ kind, id }: Principal, { requested_by, agent_id }: TaskRecord): boolean {
  if (kind === "server") return true;
  return requested_by === id && kind !== "broker" || kind === "agent" && agent_id === id;
}
