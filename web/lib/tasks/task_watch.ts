/** One task as a signal, kept up to date. */
import { type Signal, signal } from "@preact/signals";
import { ApiError, ask } from "../live/api.ts";
import { Batch } from "../live/batch.ts";
import { openEvents } from "../live/event_feed.ts";
import { Pace } from "./pace.ts";
import { isNewer, merged, type TaskItem } from "./task_item.ts";

const DRAW_MS = 100;
/** What is too long for news is wanted soon: somebody waits for it. */
const READ_MS = 200;

/** Nothing happens until `open()`. */
export class TaskWatch {
  readonly task: Signal<TaskItem | undefined>;
  readonly isUnknown: Signal<boolean>;
  /** Whether news stopped coming in: what is shown may be old. */
  readonly wasLost = signal(false);
  readonly #pace = new Pace(() => this.read(), READ_MS);
  #close: (() => void) | undefined;

  constructor(readonly id: string, first: { task: TaskItem | undefined; isUnknown: boolean }) {
    this.task = signal(first.task);
    this.isUnknown = signal(first.isUnknown);
  }

  get path(): string {
    return `/api/tasks/${encodeURIComponent(this.id)}`;
  }

  /** Begins to listen, as soon as there is such a task. Gives the function that ends it. */
  open(): () => void {
    if (this.task.value) this.#listen();
    return () => {
      this.#close?.();
      this.#close = undefined;
      this.#pace.stop();
    };
  }

  /** Reads the task. Throws `ApiError` where the server cannot be asked. */
  async read(): Promise<void> {
    try {
      const read = await ask<TaskItem>(this.path);
      const known = this.task.value;
      if (!known || isNewer(read, known)) this.task.value = read;
      this.isUnknown.value = false;
      this.#listen();
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
      this.isUnknown.value = true;
      this.task.value = undefined;
    }
  }

  /** Reads soon what news do not say: why it waits, and what is too long for them. */
  readSoon(): void {
    this.#pace.ask();
  }

  /** Takes news in. */
  take(news: TaskItem): void {
    const known = this.task.value;
    if (known && !isNewer(news, known)) return;
    this.task.value = known ? merged(known, news) : news;
    if (news.left_out || news.status === "pending") this.readSoon();
  }

  #listen(): void {
    if (this.#close) return;
    const batch = new Batch<TaskItem>((news) => this.take(news.at(-1)!), DRAW_MS);
    const close = openEvents({
      url: `/api/task-events?${new URLSearchParams({ task: this.id })}`,
      onEvent: (frame) => batch.add((frame as { task: TaskItem }).task),
      onOpen: () => {
        this.wasLost.value = false;
        this.read().catch(() => {/* the next opening tries again */});
      },
      onLost: () => this.wasLost.value = true,
    });
    this.#close = () => {
      close();
      batch.stop();
    };
  }
}
