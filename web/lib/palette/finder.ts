/** The state of the open palette: what was typed, what was found, and what of it is chosen. */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { ask } from "../live/api.ts";
import { type Entry, type Found, type Group, groupsFor, type OtherLanguage, type Words } from "./entries.ts";
import { moved } from "./selection.ts";

/** Reads JSON at a path of the server; throws where that fails or was given up. */
export type Read = <Answer>(path: string, options: { signal: AbortSignal }) => Promise<Answer>;

interface FinderOptions {
  words: Words;
  languages: readonly OtherLanguage[];
  read?: Read;
  /** How long nothing has to be typed before the server is asked, in milliseconds. */
  pauseMs?: number;
}

interface Listed<Item> {
  items: Item[];
  next_cursor: string | null;
}

/** Pages of agents that are read: 500 of them, at most. */
const MOST_PAGES = 5;
/** The server's own limit of what can be looked for. */
const LONGEST_QUERY = 200;

/** Nothing is asked until `open()`. */
export class Finder {
  readonly query = signal("");
  readonly groups: ReadonlySignal<Group[]>;
  readonly entries: ReadonlySignal<Entry[]>;
  /** The entry that Enter goes to. It stays chosen when others come. */
  readonly chosen: ReadonlySignal<Entry | undefined>;
  readonly isSearching = signal(true);
  /** Whether the server did not answer when it was last asked. */
  readonly isAway = signal(false);
  readonly #found = signal<Found>({ query: "", agents: [], conversations: [], tasks: [] });
  readonly #chosenId = signal("");
  readonly #read: Read;
  readonly #pauseMs: number;
  #hasAgents = false;
  #search = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ words, languages, read = ask, pauseMs = 120 }: FinderOptions) {
    this.#read = read;
    this.#pauseMs = pauseMs;
    this.groups = computed(() => groupsFor(this.query.value, this.#found.value, { words, languages }));
    this.entries = computed(() => this.groups.value.flatMap(({ entries }) => entries));
    this.chosen = computed(() =>
      this.entries.value.find(({ id }) => id === this.#chosenId.value) ?? this.entries.value[0]
    );
  }

  /** Asks for what there is. Gives the function that ends it. */
  open(): () => void {
    this.#find();
    return () => this.#giveUp();
  }

  /** Takes what was typed: what is here is searched at once, the server when there is a pause. */
  type(text: string): void {
    const query = text.trim().slice(0, LONGEST_QUERY);
    if (query === this.query.value) return;
    this.#giveUp();
    this.query.value = query;
    this.#chosenId.value = "";
    this.isSearching.value = true;
    this.#timer = setTimeout(() => this.#find(), this.#pauseMs);
  }

  choose(id: string): void {
    this.#chosenId.value = id;
  }

  /** Moves the choice as `key` says. Tells whether that key moves it. */
  move(key: string): boolean {
    const entries = this.entries.value;
    const place = moved(key, entries.indexOf(this.chosen.value!), entries.length);
    if (place === undefined) return false;
    this.choose(entries[place]!.id);
    return true;
  }

  async #find(): Promise<void> {
    const { signal } = this.#search = new AbortController();
    const query = this.query.value;
    const search = new URLSearchParams({ limit: "8", q: query });
    const read = <Item>(path: string) => this.#read<Listed<Item>>(`${path}?${search}`, { signal });
    const [agents, conversations, tasks] = await Promise.allSettled([
      this.#hasAgents ? this.#found.peek().agents : this.#readAgents(signal),
      read<Found["conversations"][number]>("/api/conversations"),
      read<Found["tasks"][number]>("/api/tasks"),
    ]);
    // What was given up may still have been answered: newer results stay.
    if (signal.aborted) return;
    this.#hasAgents = agents.status === "fulfilled";
    this.#found.value = {
      query,
      agents: valueOf(agents) ?? [],
      conversations: valueOf(conversations)?.items ?? [],
      tasks: valueOf(tasks)?.items ?? [],
    };
    this.isAway.value = [agents, conversations, tasks].some(({ status }) => status === "rejected");
    this.isSearching.value = false;
  }

  async #readAgents(signal: AbortSignal): Promise<Found["agents"]> {
    const agents: Found["agents"][number][] = [];
    let cursor: string | null = null;
    for (let page = 0; page === 0 || (cursor && page < MOST_PAGES); page++) {
      const search: URLSearchParams = new URLSearchParams({ limit: "100", ...cursor ? { cursor } : {} });
      const answer: Listed<Found["agents"][number]> = await this.#read(`/api/agents?${search}`, { signal });
      agents.push(...answer.items);
      cursor = answer.next_cursor;
    }
    return agents;
  }

  #giveUp(): void {
    clearTimeout(this.#timer);
    this.#search.abort();
  }
}

function valueOf<Value>(settled: PromiseSettledResult<Value>): Value | undefined {
  return settled.status === "fulfilled" ? settled.value : undefined;
}
