/** The list of conversations beside the chat: kept up to date, searched, and as long as its reader asks for. */
import { type Signal, signal } from "@preact/signals";
import { ask } from "../live/api.ts";
import type { ConversationItem, Listed } from "../server/server_api.ts";

const PAGE = 30;
/** As many as the server gives at once; whoever looks for an older one searches. */
const MOST = 100;
const PAUSE_MS = 300;

export class ConversationList {
  readonly items: Signal<readonly ConversationItem[]>;
  readonly hasMore: Signal<boolean>;
  /** What is searched for. */
  readonly query: Signal<string>;
  #limit = PAGE;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #reading: AbortController | undefined;

  constructor(first: Listed<ConversationItem> | undefined, query: string) {
    this.query = signal(query);
    this.items = signal(first?.items ?? []);
    this.hasMore = signal(Boolean(first?.next_cursor));
  }

  /** Shows those that have `query` in their title or in a message. */
  search(query: string): void {
    this.query.value = query.trim().slice(0, 200);
    this.#limit = PAGE;
    this.stop();
    this.readSoon();
  }

  more(): void {
    this.#limit = MOST;
    void this.#read();
  }

  /** Reads the list again in a moment; what is asked for until then is one read. */
  readSoon(): void {
    this.#timer ??= setTimeout(() => void this.#read(), PAUSE_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#reading?.abort();
  }

  /** What was asked for later is never replaced by an earlier answer; a failed read changes nothing. */
  async #read(): Promise<void> {
    this.stop();
    const { signal } = this.#reading = new AbortController();
    const [query, limit] = [this.query.value, this.#limit];
    const search = new URLSearchParams({ limit: String(limit), ...(query ? { q: query } : {}) });
    try {
      const page = await ask<Listed<ConversationItem>>(`/api/conversations?${search}`, { signal });
      this.items.value = page.items;
      this.hasMore.value = page.next_cursor !== null && limit < MOST;
    } catch { /* the next registration reads again */ }
  }
}
