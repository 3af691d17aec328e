/** A map that remembers only so much: what has not been used for longest goes first. */

/**
 * Keeps at least the `capacity` entries used last, and at most twice as many. Two generations instead of one ordered
 * map: taking the oldest key out of a large `Map` walks over everything deleted before it.
 */
export class Recent<V extends NonNullable<unknown>> {
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  constructor(readonly capacity: number) {}

  get(key: string): V | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  set(key: string, value: V): void {
    this.#young.set(key, value);
    if (this.#young.size < this.capacity) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  delete(key: string): boolean {
    const wasOld = this.#old.delete(key);
    return this.#young.delete(key) || wasOld;
  }
}
