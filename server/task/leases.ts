/** How long an agent keeps its tasks that is online and says nothing. */
import { type Clock, every } from "../presence/clock.ts";
import type { Roster } from "../roster.ts";
import type { Holdings } from "./holdings.ts";

const CHECK_EVERY_MS = 1_000;

export interface LeasesOptions {
  clock: Clock;
  roster: Pick<Roster, "get">;
  holdings: Holdings;
  /** After so many milliseconds without a word or a heartbeat an agent has lost its tasks. */
  silenceMs: number;
  onLost: (agentId: string, reason: string) => void;
}

export class Leases implements Disposable {
  readonly #options: LeasesOptions;
  /** When each agent was last heard of here, in ticks. */
  readonly #heardAt = new Map<string, number>();
  readonly #checking: Disposable;

  constructor(options: LeasesOptions) {
    this.#options = options;
    this.#checking = every(options.clock, CHECK_EVERY_MS, () => this.#check());
  }

  heard(agentId: string): void {
    this.#heardAt.set(agentId, this.#options.clock.ticks());
  }

  [Symbol.dispose](): void {
    this.#checking[Symbol.dispose]();
  }

  #check(): void {
    const { holdings, silenceMs, onLost, clock } = this.#options;
    const agentIds = holdings.agentIds;
    for (const agentId of agentIds) {
      const lastMs = this.#lastHeardAt(agentId);
      if (clock.ticks() - lastMs < silenceMs) continue;
      onLost(agentId, `The agent ${agentId} has said nothing for ${silenceMs / 1_000} s.`);
    }
    // Whoever has nothing has nothing to lose.
    if (this.#heardAt.size > agentIds.length * 2 + 100) {
      for (const agentId of this.#heardAt.keys()) {
        if (holdings.of(agentId).size === 0) this.#heardAt.delete(agentId);
      }
    }
  }

  #lastHeardAt(agentId: string): number {
    const here = this.#heardAt.get(agentId);
    if (here === undefined) this.heard(agentId);
    const inRoster = this.#options.roster.get(agentId)?.heardAtTicks ?? -Infinity;
    return Math.max(here ?? this.#options.clock.ticks(), inRoster);
  }
}
