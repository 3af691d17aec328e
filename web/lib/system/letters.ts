/** A page of dead letters, as signals: what is chosen, what is being done to them, and whether newer ones have come. */
import { type Signal, signal } from "@preact/signals";
import { ask } from "../live/api.ts";
import { Bulk } from "../live/bulk.ts";
import { poll } from "../live/polling.ts";
import { RosterWatch } from "../live/roster_watch.ts";
import { walk } from "../live/walk.ts";
import type { Listed } from "../server/server_api.ts";
import { type LetterFilter, type LetterItem, type LetterList, letterPath } from "./letter_item.ts";

const EVERY_MS = 10_000;

/** What can be done to a dead letter. */
export type Deed = "replay" | "remove";

/** Something that is being done, or was. */
export interface Work {
  deed: Deed;
  bulk: Bulk;
}

interface KeptLetter {
  id: string;
  at: string;
}

/** Nothing happens until `open()`. */
export class Letters {
  readonly watch: RosterWatch;
  readonly items: Signal<readonly LetterItem[]>;
  readonly chosen: Signal<ReadonlySet<string>> = signal(new Set());
  readonly work: Signal<Work | undefined> = signal(undefined);
  readonly hasNewer = signal(false);
  readonly live = signal(false);

  constructor(readonly first: LetterList) {
    this.watch = new RosterWatch(first.items || first.isGone ? [] : undefined);
    this.items = signal(first.items ?? []);
  }

  /** Looks for newer ones now and then. `onBack` is called when the server is back that the first paint was without. */
  open(onBack: () => void): () => void {
    this.live.value = true;
    const isWhole = this.first.items !== undefined || this.first.isGone;
    const look = (signal?: AbortSignal) => isWhole ? this.#look(signal) : this.#await(onBack, signal);
    const stopWatching = this.watch.open(() => void look().catch(() => {/* the next turn looks again */}));
    const stopPolling = poll(EVERY_MS, look);
    return () => {
      this.work.value?.bulk.stop();
      stopPolling();
      stopWatching();
    };
  }

  choose(id: string, isChosen: boolean): void {
    const chosen = new Set(this.chosen.value);
    if (isChosen) chosen.add(id);
    else chosen.delete(id);
    this.chosen.value = chosen;
  }

  chooseAll(isChosen: boolean): void {
    this.chosen.value = new Set(isChosen ? this.items.value.map(({ id }) => id) : []);
  }

  /** Does it to what is chosen. */
  doChosen(deed: Deed): Promise<void> {
    return this.#do(deed, [...this.chosen.value]);
  }

  /** Does it to all that the filter lets through, from the newest that there is now to the oldest. */
  doAll(deed: Deed): Promise<void> {
    return this.#do(deed, idsOf(this.first.filter));
  }

  async #do(deed: Deed, ids: Iterable<string> | AsyncIterable<string>): Promise<void> {
    const bulk = new Bulk({ act: (id) => doTo(id, deed), onDone: (id) => this.#gone(id) });
    this.work.value = { deed, bulk };
    await bulk.run(ids);
  }

  #gone(id: string): void {
    this.items.value = this.items.value.filter((item) => item.id !== id);
    this.choose(id, false);
  }

  /** A page that is loaded anew while the list cannot be read would be so again and again. */
  async #await(onBack: () => void, signal?: AbortSignal): Promise<void> {
    await ask(pathOf(this.first.filter, 1), { signal });
    onBack();
  }

  async #look(signal?: AbortSignal): Promise<void> {
    if (!this.first.isFirst || !this.first.items || this.hasNewer.value) return;
    const { items: [newest] } = await ask<Listed<KeptLetter>>(pathOf(this.first.filter, 1), { signal });
    this.hasNewer.value = newest !== undefined && newest.at > (this.first.items[0]?.at ?? "");
  }
}

/** Does it to one. Throws `ApiError`. */
export async function doTo(id: string, deed: Deed): Promise<{ queue: string } | undefined> {
  if (deed === "remove") return await ask(letterPath(id), { method: "DELETE" });
  return await ask(`${letterPath(id)}/replay`, { method: "POST" });
}

/** A letter that comes back is newer than where the walk is: nothing is done twice. */
async function* idsOf(filter: LetterFilter): AsyncGenerator<string> {
  for await (const letters of walk<KeptLetter>((cursor) => pathOf(filter, 100, cursor))) {
    yield* letters.map(({ id }) => id);
  }
}

function pathOf(filter: LetterFilter, limit: number, cursor = ""): string {
  const query = new URLSearchParams({ limit: String(limit), ...filter, ...(cursor && { cursor }) });
  return `/api/dead-letters?${query}`;
}
