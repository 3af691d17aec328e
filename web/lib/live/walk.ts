/** Every task that a filter lets through, page by page: lists are no longer than the server gives at once. */
import type { Listed } from "../server/server_api.ts";
import type { TaskItem } from "./task_item.ts";

export interface WalkOptions {
  read(cursor: string): Promise<Listed<TaskItem>>;
  onPage(items: readonly TaskItem[]): void;
  signal: AbortSignal;
}

/** Gives each page to `onPage` until the last, or until `signal` aborts. Resolves to whether it came to the end. */
export async function walk({ read, onPage, signal }: WalkOptions): Promise<boolean> {
  for (let cursor = ""; !signal.aborted;) {
    const { items, next_cursor } = await read(cursor);
    if (signal.aborted) break;
    onPage(items);
    if (next_cursor === null) return true;
    cursor = next_cursor;
  }
  return false;
}
