/** Agents that move between servers: their commands are looked after where they are. */

export interface MovesOptions {
  /** Whether another server has an agent. */
  isElsewhere: (agentId: string) => boolean;
  /** Another server has an agent now. */
  dropped: (agentId: string) => void;
  /** Takes over what an agent has that another server had. */
  adopt: (agentId: string) => Promise<void>;
}

/** Knows who was last seen elsewhere. */
export class Moves {
  readonly #elsewhere = new Set<string>();
  readonly #coming = new Map<string, Promise<void>>();

  constructor(private readonly options: MovesOptions) {}

  /** Looks where an agent is. While its commands are being taken over, gives when that is done; rejects when it failed. */
  look(agentId: string): Promise<void> | undefined {
    if (this.options.isElsewhere(agentId)) this.#left(agentId);
    else if (this.#elsewhere.delete(agentId)) this.#come(agentId);
    return this.#coming.get(agentId);
  }

  #left(agentId: string): void {
    if (this.#elsewhere.has(agentId)) return;
    this.#elsewhere.add(agentId);
    this.options.dropped(agentId);
  }

  #come(agentId: string): void {
    const coming = this.options.adopt(agentId).catch((cause) => {
      // It is tried again when the agent is next looked at.
      this.#elsewhere.add(agentId);
      throw cause;
    }).finally(() => this.#coming.delete(agentId));
    this.#coming.set(agentId, coming);
  }
}
