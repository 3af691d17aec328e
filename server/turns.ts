/** What happens to one thing happens one after the other, while other things go their own way. */

/** Runs work in turn for each key. */
export class Turns {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** Runs `work` once all that was asked for this key before it has ended, however it ended. Gives what it gives. */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#tails.get(key) ?? Promise.resolve()).then(work, work);
    const tail = turn.then(() => {}, () => {}).then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
    this.#tails.set(key, tail);
    return turn;
  }

  /** Resolves once everything asked for so far has ended. */
  async idle(): Promise<void> {
    await Promise.all(this.#tails.values());
  }
}
