/** The rows of a list of tasks and what news do to them: what is shown changes in place, what is new waits to be asked for. */
import { lets, PAGE_SIZE, type TaskFilter } from "./filter.ts";
import { isNewer, merged, type TaskItem } from "./task_item.ts";

/** News are counted up to here, so that a busy server cannot fill the page's memory. */
export const MOST_COUNTED = 999;

export interface Rows {
  shown: readonly TaskItem[];
  /** What came since, newest first, and no more of it than a page shows. */
  fresh: readonly TaskItem[];
  /** The ids of what came since. */
  freshIds: ReadonlySet<string>;
}

export const rowsOf = (shown: readonly TaskItem[]): Rows => ({ shown, fresh: [], freshIds: new Set() });

export interface ListPlace {
  filter: TaskFilter;
  /** Whether this is the first page: the others hear of no new tasks. */
  isFirst: boolean;
  /** Whether another page follows: what is older than this one's last row is on that. */
  hasMore: boolean;
}

/**
 * Takes news in. A row stays where it is, also when its task is no longer what is looked for. Gives `rows` itself when
 * nothing has changed.
 */
export function taken(rows: Rows, news: readonly TaskItem[], place: ListPlace): Rows {
  const latest = new Map(news.map((task) => [task.task_id, task]));
  const shown = rows.shown.map((row) => updated(row, latest));
  const hasChanged = shown.some((row, at) => row !== rows.shown[at]);
  for (const { task_id } of rows.shown) latest.delete(task_id);
  const { fresh, freshIds } = place.isFirst ? freshOf(rows, [...latest.values()], place) : rows;
  if (!hasChanged && fresh === rows.fresh) return rows;
  return { shown: hasChanged ? shown : rows.shown, fresh, freshIds };
}

/** Puts what came since where it belongs. */
export function withFresh({ shown, fresh }: Rows): Rows {
  return rowsOf([...fresh, ...shown].sort(newestFirst));
}

/** Takes a page that was read anew in, without what news have made older. */
export function reread(rows: Rows, read: readonly TaskItem[]): Rows {
  const known = new Map([...rows.fresh, ...rows.shown].map((task) => [task.task_id, task]));
  return rowsOf(read.map((task) => newest(known.get(task.task_id), task)));
}

/** Takes in what was read of the tasks that are shown, and leaves them where they are. */
export function refreshed(rows: Rows, read: readonly TaskItem[]): Rows {
  const byId = new Map(read.map((task) => [task.task_id, task]));
  return {
    ...rows,
    shown: rows.shown.map((row) => byId.has(row.task_id) ? newest(row, byId.get(row.task_id)!) : row),
  };
}

function newest(known: TaskItem | undefined, read: TaskItem): TaskItem {
  return known && !isNewer(read, known) ? known : read;
}

function updated(row: TaskItem, latest: ReadonlyMap<string, TaskItem>): TaskItem {
  const news = latest.get(row.task_id);
  return news && isNewer(news, row) ? merged(row, news) : row;
}

/** What is older than the newest row may be new here, too: a list of what has failed hears of tasks that fail now. */
function freshOf(rows: Rows, news: readonly TaskItem[], { filter, hasMore }: ListPlace): Rows {
  const from = hasMore ? rows.shown.at(-1)?.created_at ?? "" : "";
  const wanted = news.filter((task) => task.created_at >= from && lets(filter, task));
  const gone = news.filter((task) => rows.freshIds.has(task.task_id) && !lets(filter, task));
  if (wanted.length === 0 && gone.length === 0) return rows;
  const known = new Map(rows.fresh.map((task) => [task.task_id, task]));
  const ids = new Set(rows.freshIds);
  for (const task of wanted) {
    known.set(task.task_id, task);
    if (ids.size < MOST_COUNTED) ids.add(task.task_id);
  }
  for (const { task_id } of gone) {
    known.delete(task_id);
    ids.delete(task_id);
  }
  return { ...rows, fresh: [...known.values()].sort(newestFirst).slice(0, PAGE_SIZE), freshIds: ids };
}

function newestFirst(a: TaskItem, b: TaskItem): number {
  return a.created_at < b.created_at ? 1 : a.created_at > b.created_at ? -1 : 0;
}
