/** Which tasks a list shows: as the address says it, as the server is asked, and as news are sorted by it. */
import type { TaskStatus } from "../../../shared/model/task.ts";
import { STATUSES, type TaskItem } from "./task_item.ts";

export interface TaskFilter {
  /** None: whatever the status. */
  status: readonly TaskStatus[];
  agent: string;
  type: string;
  q: string;
  parent: string;
}

export const PAGE_SIZE = 50;
/** What the server takes, so that an address that was made up is no error. */
const LONGEST = 200;

/** Reads an address. What no filter can be is passed over. */
export function filterOf(search: URLSearchParams): TaskFilter {
  const named = (search.get("status") ?? "").split(",").map((word) => word.trim());
  const word = (name: string) => (search.get(name) ?? "").replace(/\p{Cc}/gu, "").trim().slice(0, LONGEST);
  return {
    status: STATUSES.filter((status) => named.includes(status)),
    agent: word("agent"),
    type: word("type"),
    q: word("q"),
    parent: word("parent"),
  };
}

/** Tells whether a filter leaves anything out. */
export function isFiltered({ status, ...words }: TaskFilter): boolean {
  return status.length > 0 || Object.values(words).some((word) => word !== "");
}

/** Writes a filter as a query, without what it does not say. */
export function queryOf(filter: TaskFilter, more: Record<string, string> = {}): URLSearchParams {
  const { status, ...words } = filter;
  const all = { status: status.join(","), ...words, ...more };
  return new URLSearchParams(Object.entries(all).filter(([, word]) => word !== ""));
}

/** Gives the address of the page that shows what `filter` lets through, from `cursor` on. */
export function pageHref(filter: TaskFilter, cursor = ""): string {
  const query = queryOf(filter, { cursor }).toString();
  return query ? `/tasks?${query}` : "/tasks";
}

/** Gives the filter that lets through the subtasks of `id`. */
export function subtasksOf(id: string): TaskFilter {
  return { status: [], agent: "", type: "", q: "", parent: id };
}

/** Gives the server's path of such a list. */
export function listPath(filter: TaskFilter, { cursor = "", limit = PAGE_SIZE } = {}): string {
  return `/api/tasks?${queryOf(filter, { cursor, limit: String(limit) })}`;
}

/** Tells whether a task that news came of belongs in the list, as the server would. */
export function lets(filter: TaskFilter, task: TaskItem): boolean {
  const { status, agent, type, q, parent } = filter;
  return (status.length === 0 || status.includes(task.status)) &&
    (!agent || task.agent_id === agent) &&
    (!type || task.task_type === type) &&
    (!parent || task.parent_task_id === parent) &&
    (!q || isFound(q.toLowerCase(), task));
}

function isFound(q: string, { task_type, description, task_id }: TaskItem): boolean {
  return [task_type, description, task_id].some((text) => text.toLowerCase().includes(q));
}
