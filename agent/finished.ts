/** Remembers which requests were finished, so that one delivered twice is answered once (protocol, "Deduplication"). */

const LIMIT = 10_000;

/** A bounded set: past `limit` keys the one least recently seen is forgotten. */
export class Finished {
  readonly #keys = new Set<string>();

  constructor(private readonly limit: number = LIMIT) {}

  /** Tells whether `key` was finished; asking keeps it longer. */
  has(key: string): boolean {
    if (!this.#keys.delete(key)) return false;
    this.#keys.add(key);
    return true;
  }

  add(key: string): void {
    this.#keys.delete(key);
    this.#keys.add(key);
    if (this.#keys.size <= this.limit) return;
    const oldest = this.#keys.values().next().value;
    if (oldest !== undefined) this.#keys.delete(oldest);
  }
}
