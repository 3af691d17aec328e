/** A page of tasks as signals: what is shown, what came since, and how it is kept up to date. */
import { type Signal, signal } from "@preact/signals";
import { ask } from "../live/api.ts";
import { Batch } from "../live/batch.ts";
import { openEvents } from "../live/event_feed.ts";
import type { Listed } from "../server/server_api.ts";
import { listPath, PAGE_SIZE, type TaskFilter } from "./filter.ts";
import { Pace } from "./pace.ts";
import { refreshed, reread, type Rows, rowsOf, taken, withFresh } from "./rows.ts";
import { current, NOTHING, type Selection } from "./selection.ts";
import type { TaskItem } from "./task_item.ts";

export interface TaskListOptions {
  filter: TaskFilter;
  /** Where the page begins; empty: with the newest. */
  cursor: string;
  /** Whose news are listened to: those of all tasks, or of the subtasks of one. */
  events: string;
}

/** News are drawn five times a second: an eye sees no more of a list, and a busy server says far more. */
const DRAW_MS = 200;
/** More than so many at once are announced instead of put in: nobody could read them as they fly past. */
const MOST_PUT_IN = 20;
/** Nothing is cut off at the end of a page for what is put in above: the next one begins behind that end. */
const LONGEST_PAGE = 2 * PAGE_SIZE;

/** Nothing happens until `open()`. */
export class TaskList {
  readonly rows: Signal<Rows>;
  readonly next: Signal<string | null>;
  /** Whether anything was read at all. */
  readonly isRead: Signal<boolean>;
  /** Whether news stopped coming in: what is shown may be old. */
  readonly wasLost = signal(false);
  readonly selection: Signal<Selection> = signal(NOTHING);
  /** Tells whether new rows may be put in now: the page says whether that would push away what somebody looks at. */
  mayPutIn: () => boolean = () => true;
  readonly #pace = new Pace(() => this.#readReasons());

  constructor(first: Listed<TaskItem> | undefined, readonly options: TaskListOptions) {
    this.rows = signal(rowsOf(first?.items ?? []));
    this.next = signal(first?.next_cursor ?? null);
    this.isRead = signal(first !== undefined);
  }

  /** Begins to listen. Gives the function that ends it. */
  open(): () => void {
    const batch = new Batch<TaskItem>((news) => this.take(news), DRAW_MS);
    const close = openEvents({
      url: this.options.events,
      onEvent: (frame) => batch.add((frame as { task: TaskItem }).task),
      onOpen: () => {
        this.wasLost.value = false;
        this.#catchUp().catch(() => {/* the next opening tries again */});
      },
      onLost: () => this.wasLost.value = true,
    });
    return () => {
      close();
      batch.stop();
      this.#pace.stop();
    };
  }

  /** Takes news in. */
  take(news: readonly TaskItem[]): void {
    const { filter, cursor } = this.options;
    const place = { filter, isFirst: cursor === "", hasMore: this.next.value !== null };
    this.#set(taken(this.rows.value, news, place));
    const count = this.rows.value.freshIds.size;
    if (count > 0 && count <= MOST_PUT_IN && this.selection.value.size === 0 && this.mayPutIn()) {
      this.showFresh().catch(() => {/* they are announced all the same */});
    }
    this.askReasons();
  }

  /** Puts what came since where it belongs; where that makes the page very long, reads it anew. */
  async showFresh(): Promise<void> {
    const { shown, fresh, freshIds } = this.rows.value;
    const isShort = freshIds.size <= fresh.length && shown.length + fresh.length <= LONGEST_PAGE;
    if (isShort) this.#set(withFresh(this.rows.value));
    else await this.reload();
  }

  /** Reads the page anew. Throws `ApiError`. */
  async reload(): Promise<void> {
    const { items, next_cursor } = await this.#read();
    this.#set(reread(this.rows.value, items));
    this.next.value = next_cursor;
  }

  /** Has it read soon why what is pending waits: news do not say, and it changes with who is there. */
  askReasons(): void {
    if (this.rows.value.shown.some(({ status }) => status === "pending")) this.#pace.ask();
  }

  async #readReasons(): Promise<void> {
    const { items } = await this.#read();
    this.#set(refreshed(this.rows.value, items));
  }

  /** Finds what was missed while nothing was heard; rows move only where nobody minds. */
  async #catchUp(): Promise<void> {
    const isQuiet = this.selection.value.size === 0 && this.mayPutIn();
    if (!this.isRead.value || isQuiet) {
      await this.reload();
      this.isRead.value = true;
      return;
    }
    const { items } = await this.#read();
    const read = new Set(items.map(({ task_id }) => task_id));
    const others = this.rows.value.shown.filter(({ task_id }) => !read.has(task_id));
    this.#set(refreshed(this.rows.value, [...items, ...await readEach(others)]));
    this.take(items);
  }

  #set(rows: Rows): void {
    if (rows === this.rows.value) return;
    this.rows.value = rows;
    this.selection.value = current(this.selection.value, rows.shown);
  }

  async #read(): Promise<Listed<TaskItem>> {
    const { filter, cursor } = this.options;
    return await ask(listPath(filter, { cursor }));
  }
}

/** Gives those that could be read. */
async function readEach(tasks: readonly TaskItem[]): Promise<TaskItem[]> {
  const reads = tasks.map(({ task_id }) => ask<TaskItem>(`/api/tasks/${encodeURIComponent(task_id)}`));
  const read = await Promise.allSettled(reads);
  return read.flatMap((each) => each.status === "fulfilled" ? [each.value] : []);
}
