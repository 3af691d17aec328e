/** How the system is, as signals that go on by themselves while somebody looks. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { ask } from "../live/api.ts";
import { poll } from "../live/polling.ts";
import { RosterWatch } from "../live/roster_watch.ts";
import type { Reading } from "./figures.ts";
import { extended } from "./history.ts";

const EVERY_MS = 5_000;

/** Begins with what the first paint knew. Nothing happens until `open()`. */
export class Overview {
  readonly watch: RosterWatch;
  /** The newest of each part, also when a later reading was without it. */
  readonly reading: Signal<Reading>;
  /** Whether the server did not answer when it was last asked: what is shown is how it was at `reading.now`. */
  readonly isStale: ReadonlySignal<boolean>;
  readonly live = signal(false);
  readonly #missed: Signal<boolean>;

  constructor(first: Reading) {
    this.watch = new RosterWatch(first.stats ? [] : undefined);
    this.reading = signal(first);
    this.#missed = signal(!first.stats);
    this.isStale = computed(() => this.#missed.value || this.watch.isServerAway.value);
  }

  /** Goes on reading. Gives the function that ends it. */
  open(): () => void {
    this.live.value = true;
    const ended = new AbortController();
    const stopWatching = this.watch.open(() => void this.read(ended.signal));
    const stopPolling = poll(EVERY_MS, (signal) => this.read(signal));
    return () => {
      ended.abort();
      stopPolling();
      stopWatching();
    };
  }

  /** Reads what is new since the last point; after a pause that fills the gap. */
  async read(signal?: AbortSignal): Promise<void> {
    const since = this.reading.value.series?.points.at(-1)?.at;
    const query = since ? `?${new URLSearchParams({ since })}` : "";
    try {
      this.#take(await ask<Reading>(`/system/now${query}`, { signal }));
    } catch {
      if (!signal?.aborted) this.#missed.value = true;
    }
  }

  #take(later: Reading): void {
    this.#missed.value = !later.stats;
    if (!later.stats) return;
    const known = this.reading.value;
    const series = known.series && later.series
      ? extended(known.series, later.series)
      : later.series ?? known.series;
    this.reading.value = {
      ...later,
      series,
      queues: later.queues ?? known.queues,
      brokers: later.brokers ?? known.brokers,
    };
  }
}
