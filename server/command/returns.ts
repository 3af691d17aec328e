/** What an agent that comes back says it has, where this server took that for ended. */

/** How many ids are looked up when an agent comes back; it is not sent so many. */
const MOST_KNOWN = 1_000;

export interface ReturnsOptions {
  isOpen: (commandId: string) => boolean;
  /** Has a command of that agent go on, in its turn. Rejects with why it does not. */
  goOn: (agentId: string, commandId: string) => Promise<unknown>;
  onFailure: (cause: unknown) => void;
}

/** While a command is looked up, what its agent says of it waits: its first words are how the command stands. */
export class Returns {
  /** The commands that are being looked up. */
  readonly #returning = new Map<string, { back: Promise<void> }>();

  constructor(readonly options: ReturnsOptions) {}

  /** Looks up what an agent has and what is not open, all at once. Returns at once. */
  take(agentId: string, known: readonly string[]): void {
    for (const commandId of known.slice(0, MOST_KNOWN)) {
      if (!this.options.isOpen(commandId)) this.#lookUp(agentId, commandId);
    }
  }

  /** Calls `say` once a command is open again, if it is being looked up and then is. */
  afterwards(commandId: string, say: () => void): void {
    const returning = this.#returning.get(commandId);
    if (!returning) return;
    returning.back = returning.back.then(() => {
      if (this.options.isOpen(commandId)) say();
    }).catch(this.options.onFailure);
  }

  #lookUp(agentId: string, commandId: string): void {
    const back = this.options.goOn(agentId, commandId).then(() => {}, this.options.onFailure);
    const returning = { back };
    this.#returning.set(commandId, returning);
    back.finally(() => {
      if (this.#returning.get(commandId) === returning) this.#returning.delete(commandId);
    });
  }
}
