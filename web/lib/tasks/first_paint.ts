/** What the pages of tasks know before their browser does anything: read from the server in one go. */
import type { AgentInfo } from "../../../shared/model/agent.ts";
import type { Listed, ServerApi } from "../server/server_api.ts";
import { filterOf, listPath, subtasksOf, type TaskFilter } from "./filter.ts";
import type { TaskItem } from "./task_item.ts";

/** What the server was asked for is undefined where it did not answer. */
export interface TasksFirstPaint {
  filter: TaskFilter;
  cursor: string;
  /** The address asks for the form that submits a task. */
  isSubmitting: boolean;
  tasks?: Listed<TaskItem>;
  agents?: AgentInfo[];
  now: number;
}

export interface TaskFirstPaint {
  id: string;
  task?: TaskItem;
  subtasks?: Listed<TaskItem>;
  agents?: AgentInfo[];
  /** The server answers, and knows no such task. */
  isUnknown: boolean;
  now: number;
}

export async function readTasks(api: ServerApi, { searchParams }: URL): Promise<TasksFirstPaint> {
  const filter = filterOf(searchParams);
  const cursor = searchParams.get("cursor") ?? "";
  const [tasks, agents] = await Promise.all([
    api.read<Listed<TaskItem>>(listPath(filter, { cursor }).slice(1)),
    api.agents(),
  ]);
  const isSubmitting = searchParams.has("new");
  return { filter, cursor, isSubmitting, tasks, agents: agents?.items, now: Date.now() };
}

export async function readTask(api: ServerApi, id: string): Promise<TaskFirstPaint> {
  const [task, subtasks, agents] = await Promise.all([
    api.read<TaskItem>(`api/tasks/${encodeURIComponent(id)}`),
    api.read<Listed<TaskItem>>(listPath(subtasksOf(id)).slice(1)),
    api.agents(),
  ]);
  return { id, task, subtasks, agents: agents?.items, isUnknown: !task && Boolean(agents), now: Date.now() };
}
