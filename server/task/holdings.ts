/** Which agent has which tasks here. */

export class Holdings {
  /** The attempt by task, for each agent. */
  readonly #byAgent = new Map<string, Map<string, number>>();
  #size = 0;

  /** How many tasks agents have. */
  get size(): number {
    return this.#size;
  }

  get agentIds(): string[] {
    return [...this.#byAgent.keys()];
  }

  /** Lists the tasks that an agent has, with their attempts. */
  of(agentId: string): ReadonlyMap<string, number> {
    return this.#byAgent.get(agentId) ?? new Map();
  }

  add(agentId: string, taskId: string, attempt: number): void {
    const held = this.#byAgent.get(agentId) ?? new Map<string, number>();
    if (!held.has(taskId)) this.#size++;
    held.set(taskId, attempt);
    this.#byAgent.set(agentId, held);
  }

  /** Takes a task from an agent; tells whether it had it. */
  remove(agentId: string, taskId: string): boolean {
    const held = this.#byAgent.get(agentId);
    if (!held?.delete(taskId)) return false;
    this.#size--;
    if (held.size === 0) this.#byAgent.delete(agentId);
    return true;
  }
}
