/** The page of errors, as signals: it goes on by itself, and moves nothing away from who is reading. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { ask } from "../live/api.ts";
import { poll } from "../live/polling.ts";
import { RosterWatch } from "../live/roster_watch.ts";
import { countNew, type ErrorList, keyed, type KeyedError } from "./errors.ts";

const EVERY_MS = 5_000;
export const ERRORS_PER_PAGE = 50;

export interface ErrorsFirst {
  now: number;
  /** Undefined where the server did not answer. */
  list?: ErrorList;
  /** Whether this is the page of the newest: the only one that goes on. */
  isNewest: boolean;
  /** The server knows no page of this address. */
  isGone: boolean;
}

/** Nothing happens until `open()`. */
export class ErrorsWatch {
  readonly watch: RosterWatch;
  readonly items: Signal<readonly KeyedError[]>;
  readonly nextCursor: Signal<string | null>;
  /** How many have come that are not shown yet. */
  readonly newCount: ReadonlySignal<number>;
  readonly isStale: ReadonlySignal<boolean>;
  readonly live = signal(false);
  readonly #later: Signal<ErrorList | undefined> = signal(undefined);
  readonly #missed: Signal<boolean>;

  constructor(readonly first: ErrorsFirst) {
    const isAway = !first.list && !first.isGone;
    this.watch = new RosterWatch(isAway ? undefined : []);
    this.items = signal(keyed(first.list?.items ?? []));
    this.nextCursor = signal(first.list?.next_cursor ?? null);
    this.#missed = signal(isAway);
    this.isStale = computed(() => this.#missed.value || this.watch.isServerAway.value);
    this.newCount = computed(() => {
      const later = this.#later.value;
      return later ? countNew(this.items.value, keyed(later.items)) : 0;
    });
  }

  /** Goes on; `isAtTop` tells whether what comes may be shown at once. Gives the function that ends it. */
  open(isAtTop: () => boolean, onBack: () => void): () => void {
    this.live.value = true;
    const read = (signal?: AbortSignal) =>
      this.first.isNewest ? this.#read(isAtTop, signal) : this.#await(onBack, signal);
    const stopWatching = this.watch.open(() => void read().catch(() => {/* the next turn reads again */}));
    const stopPolling = poll(EVERY_MS, read);
    return () => {
      stopPolling();
      stopWatching();
    };
  }

  /** Shows what has come. */
  showNew(): void {
    const later = this.#later.value;
    if (!later) return;
    this.items.value = keyed(later.items);
    this.nextCursor.value = later.next_cursor;
    this.#later.value = undefined;
  }

  /** A page that is loaded anew while the list cannot be read would be so again and again. */
  async #await(onBack: () => void, signal?: AbortSignal): Promise<void> {
    if (!this.#missed.value) return;
    await ask("/api/errors?limit=1", { signal });
    onBack();
  }

  async #read(isAtTop: () => boolean, signal?: AbortSignal): Promise<void> {
    try {
      this.#later.value = await ask<ErrorList>(`/api/errors?limit=${ERRORS_PER_PAGE}`, { signal });
      this.#missed.value = false;
      if (isAtTop() || this.items.value.length === 0) this.showNew();
    } catch {
      if (!signal?.aborted) this.#missed.value = true;
    }
  }
}
