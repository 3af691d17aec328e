/** Turns: what everybody gets once in an interval is given to a few at a time, so that it never comes in one burst. */

/** Members are spread evenly over `steps`; the one step follows the other. */
export class Rota<T> {
  readonly #slots: Set<T>[];
  #newest = 0;
  #step = 0;

  constructor(steps: number) {
    this.#slots = Array.from({ length: steps }, () => new Set());
  }

  /** Adds a member, whose turn comes within one round. Dispose of the result to take it out. */
  add(member: T): Disposable {
    const slot = this.#slots[this.#newest++ % this.#slots.length]!;
    slot.add(member);
    return { [Symbol.dispose]: () => void slot.delete(member) };
  }

  /** Gives those whose turn it is, and goes on to the next step. */
  next(): Iterable<T> {
    return this.#slots[this.#step++ % this.#slots.length]!;
  }

  /** Calls `each` for every member. */
  forEach(each: (member: T) => void): void {
    for (const slot of this.#slots) for (const member of slot) each(member);
  }
}
