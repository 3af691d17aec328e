/** Which tasks are chosen, with how they stood then: what can be done with them follows from that. */
import type { TaskStatus } from "../../../shared/model/task.ts";
import type { TaskItem } from "./task_item.ts";

export type Selection = ReadonlyMap<string, TaskStatus>;

export const NOTHING: Selection = new Map();

/** Chooses `tasks`, or no longer. */
export function chosen(selection: Selection, tasks: readonly TaskItem[], isChosen: boolean): Selection {
  const next = new Map(selection);
  for (const { task_id, status } of tasks) {
    if (isChosen) next.set(task_id, status);
    else next.delete(task_id);
  }
  return next;
}

/** Leaves chosen those of `ids` alone. */
export function only(selection: Selection, ids: ReadonlySet<string>): Selection {
  return new Map([...selection].filter(([id]) => ids.has(id)));
}

/** Gives the rows from `from` to `to`, in whichever order they stand; `to` alone where `from` is not there any more. */
export function range(rows: readonly TaskItem[], from: string | undefined, to: string): readonly TaskItem[] {
  const end = rows.findIndex(({ task_id }) => task_id === to);
  const start = rows.findIndex(({ task_id }) => task_id === from);
  if (start < 0) return rows.slice(end, end + 1);
  return rows.slice(Math.min(start, end), Math.max(start, end) + 1);
}

/** Brings what is chosen up to date with what is shown. */
export function current(selection: Selection, rows: readonly TaskItem[]): Selection {
  const stale = rows.filter(({ task_id, status }) => (selection.get(task_id) ?? status) !== status);
  return stale.length > 0 ? chosen(selection, stale, true) : selection;
}

/** Gives the ids of those for which `may` holds. */
export function idsWhere(selection: Selection, may: (status: TaskStatus) => boolean): string[] {
  return [...selection].filter(([, status]) => may(status)).map(([id]) => id);
}
