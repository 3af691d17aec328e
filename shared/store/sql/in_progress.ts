/** What is being written: asked for, and not yet committed or refused. */

/** Counts the writes in progress for each key, so that reads that wait for no write can still tell of them. */
export class InProgress {
  readonly #counts = new Map<string, number>();

  has(key: string): boolean {
    return this.#counts.has(key);
  }

  /** Runs `write`, during which `keys` are known. */
  async during<T>(keys: readonly string[], write: () => Promise<T>): Promise<T> {
    for (const key of keys) this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    try {
      return await write();
    } finally {
      for (const key of keys) this.#end(key);
    }
  }

  #end(key: string): void {
    const count = this.#counts.get(key)! - 1;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
  }
}
