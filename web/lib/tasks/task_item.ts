/** A task as the pages show it, and what may be done with it. */
import type { TaskRecord, TaskStatus } from "../../../shared/model/task.ts";

export interface TaskItem extends TaskRecord {
  /** Why nobody has it yet. News of a task do not say; whoever reads it is told. */
  waiting_reason?: string | null;
  /** Fields that lists and news do not have for their length: what stands in them is nothing. */
  left_out?: string[];
}

export const STATUSES: readonly TaskStatus[] = [
  "pending",
  "assigned",
  "in_progress",
  "completed",
  "failed",
  "cancelled",
  "timed_out",
];
export const OPEN: readonly TaskStatus[] = ["pending", "assigned", "in_progress"];

/** Tells whether nothing more happens to a task by itself. */
export function isEnded(status: TaskStatus): boolean {
  return !OPEN.includes(status);
}

/** Tells whether a task can be tried again. */
export function mayRetry(status: TaskStatus): boolean {
  return isEnded(status) && status !== "completed";
}

/** Tells whether a task can be cancelled. */
export function mayCancel(status: TaskStatus): boolean {
  return !isEnded(status);
}

/** Takes news of a task in: what they leave out for its length, and why it waits, stay as they were known. */
export function merged(known: TaskItem, news: TaskItem): TaskItem {
  const kept = new Set<string>(news.left_out);
  const told = Object.entries(news).filter(([name]) => name !== "left_out" && !kept.has(name));
  const left_out = kept.size > 0 ? { left_out: news.left_out } : {};
  const waiting_reason = news.status === "pending" ? news.waiting_reason ?? known.waiting_reason : null;
  const { left_out: _, ...before } = known;
  return { ...before, ...Object.fromEntries(told), ...left_out, waiting_reason } as TaskItem;
}

/** Tells whether `news` are at least as new as what is known: a list that was asked for may come after later news. */
export function isNewer(news: TaskItem, known: TaskItem): boolean {
  return news.updated_at >= known.updated_at;
}
