/** What the list of agents shows, as signals: who is there, who fits the filter, and in which order. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { AgentInfo } from "../../../shared/model/agent.ts";
import { RosterWatch } from "../live/roster_watch.ts";
import { Calm } from "./calm.ts";
import { addressOf, type AgentFilter, fits } from "./filter.ts";
import { inHeldOrder, keepUnchanged } from "./standing_list.ts";

/** Rows that are drawn before the reader asks for more. */
const ROWS = 300;
/** Changes that come faster are drawn together, in milliseconds: more often nobody can read it. */
const PAUSE_MS = 250;

export interface AgentsFirst {
  /** Undefined where the server did not answer. */
  agents?: AgentInfo[];
  filter: AgentFilter;
  now: number;
}

/** The state of the page. Nothing happens until `open()`. */
export class AgentBoard {
  readonly roster: RosterWatch;
  readonly filter: Signal<AgentFilter>;
  /** While the reader points at a row, or is in one, no row changes its place. */
  readonly isHeld = signal(false);
  /** Those who fit, as they are shown. */
  readonly fitting: ReadonlySignal<readonly AgentInfo[]>;
  readonly rows = signal(ROWS);
  /** Everybody. */
  readonly agents: ReadonlySignal<readonly AgentInfo[]>;
  readonly #calm: Calm<readonly AgentInfo[]>;
  #known: readonly AgentInfo[] = [];
  #order: readonly string[] = [];

  constructor(first: AgentsFirst) {
    this.roster = new RosterWatch(first.agents);
    this.filter = signal(first.filter);
    this.#calm = new Calm(this.roster.agents, PAUSE_MS);
    this.agents = computed(() => this.#known = keepUnchanged(this.#known, this.#calm.now.value));
    this.fitting = computed(() => this.#inOrder(this.agents.value));
  }

  /** Connects. Gives the function that ends it. */
  open(): () => void {
    const ends = [this.#calm.open(), this.roster.open()];
    return () => ends.forEach((end) => end());
  }

  /** Shows those who fit, and says so in the address. */
  choose(change: Partial<AgentFilter>): void {
    this.filter.value = { ...this.filter.value, ...change };
    history.replaceState(null, "", addressOf(this.filter.value));
  }

  showMore(): void {
    this.rows.value += ROWS;
  }

  #inOrder(agents: readonly AgentInfo[]): readonly AgentInfo[] {
    const found = agents.filter((agent) => fits(agent, this.filter.value));
    const ordered = this.isHeld.value ? inHeldOrder(this.#order, found) : found;
    this.#order = ordered.map(({ agent_id }) => agent_id);
    return ordered;
  }
}
