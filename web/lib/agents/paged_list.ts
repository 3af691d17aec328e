/** A list, newest first, that grows at its end when asked, and at its beginning only when its reader wants the news. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { ask } from "../live/api.ts";
import type { Listed } from "../server/server_api.ts";

export class PagedList<Item> {
  /** Undefined until the server has answered. */
  readonly items: Signal<readonly Item[] | undefined>;
  readonly cursor: Signal<string | null>;
  /** What came since, and is shown when asked for. */
  readonly news: Signal<readonly Item[]> = signal([]);
  readonly isEmpty: ReadonlySignal<boolean>;

  constructor(
    first: Listed<Item> | undefined,
    private readonly path: string,
    private readonly idOf: (item: Item) => string,
  ) {
    this.items = signal(first?.items);
    this.cursor = signal(first?.next_cursor ?? null);
    this.isEmpty = computed(() => this.items.value?.length === 0 && this.news.value.length === 0);
  }

  /** Reads the newest: what is shown changes in its place, what is new waits. */
  async refresh(): Promise<void> {
    const page = await ask<Listed<Item>>(this.path);
    if (!this.items.value) this.cursor.value = page.next_cursor;
    this.take(page.items, { isNewest: true });
  }

  /** Takes in items as they are now. */
  take(items: readonly Item[], { isNewest = false } = {}): void {
    const now = new Map(items.map((item) => [this.idOf(item), item]));
    const shown = this.items.value;
    if (!shown && !isNewest) return;
    if (!shown || shown.length === 0) return void (this.items.value = items);
    const isShown = new Set(shown.map(this.idOf));
    this.items.value = shown.map((item) => now.get(this.idOf(item)) ?? item);
    const waiting = new Map(this.news.value.map((item) => [this.idOf(item), item]));
    const added = items.filter((item) => !isShown.has(this.idOf(item)) && !waiting.has(this.idOf(item)));
    this.news.value = [...added, ...[...waiting].map(([id, item]) => now.get(id) ?? item)];
  }

  /** Puts one in front at once: the reader made it. */
  put(item: Item): void {
    this.items.value = [
      item,
      ...(this.items.value ?? []).filter((each) => this.idOf(each) !== this.idOf(item)),
    ];
    this.news.value = this.news.value.filter((each) => this.idOf(each) !== this.idOf(item));
  }

  showNews(): void {
    this.items.value = [...this.news.value, ...this.items.value ?? []];
    this.news.value = [];
  }

  async readMore(): Promise<void> {
    const cursor = this.cursor.value;
    if (!cursor) return;
    const page = await ask<Listed<Item>>(`${this.path}&${new URLSearchParams({ cursor })}`);
    if (cursor !== this.cursor.value) return;
    const known = new Set(this.items.value?.map(this.idOf));
    this.items.value = [
      ...this.items.value ?? [],
      ...page.items.filter((item) => !known.has(this.idOf(item))),
    ];
    this.cursor.value = page.next_cursor;
  }
}
