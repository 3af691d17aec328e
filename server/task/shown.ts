/** A task as it is shown: without what is only for the server, and in lists without what is very long. */
import { type TaskRecord } from "../../shared/model/task.ts";

/** Characters of JSON that a field may have in a list and in an update. */
const MOST_LISTED = 16_384;

/** Fields that may be long, and what stands in their place. */
const LONG = { parameters: {}, result: null, description: "", attempts: [] } as const;

type LongField = keyof typeof LONG;
const LONG_FIELDS = Object.keys(LONG) as LongField[];

/** A task with, in `left_out`, the names of the fields that are not shown here for their length. */
export type ListedTask = TaskRecord & { left_out?: string[] };

/**
 * Leaves out what would make a list or an update of tasks too long, and what is `unwanted` there; the task itself has
 * it.
 */
export function listed(task: TaskRecord, unwanted: readonly LongField[] = []): ListedTask {
  const left_out = LONG_FIELDS.filter((name) => unwanted.includes(name) || isLong(task[name]));
  if (left_out.length === 0) return task;
  const short = Object.fromEntries(left_out.map((name) => [name, LONG[name]]));
  return { ...task, ...short, left_out };
}

/** Counts only until it is enough: most are short. */
function isLong(value: unknown): boolean {
  return lengthOf(value, MOST_LISTED) > MOST_LISTED;
}

function lengthOf(value: unknown, most: number): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 8;
  let length = 2;
  for (const [name, each] of Object.entries(value)) {
    length += name.length + lengthOf(each, most - length);
    if (length > most) break;
  }
  return length;
}
