/** The subtasks of a task. */
import type { Principal } from "../../shared/model/principal.ts";
import type { TaskRecord } from "../../shared/model/task.ts";
import type { TaskStore } from "../../shared/store/store.ts";

const OPEN = ["pending", "assigned", "in_progress"] as const;

/** Lists the subtasks that have not ended. */
export async function* childrenOf(
  { task_id: parentId }: TaskRecord,
  { store, server }: { store: TaskStore; server: Principal },
): AsyncGenerator<TaskRecord> {
  let cursor: string | undefined;
  do {
    const page = await store.list(server, {
      parentId,
      statuses: OPEN,
      limit: 100,
      ...(cursor ? { cursor } : {}),
    });
    yield* page.items;
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
}
