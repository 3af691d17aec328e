/** A long conversation in blocks that stay the same while something is added, so that only what changed is drawn again. */
import type { Entry } from "./entry.ts";

export interface Block {
  key: string;
  entries: readonly Entry[];
}

const SIZE = 40;

/** Remembers which block an entry is in: added at the end or put in front, it changes no other block. */
export class Blocks {
  readonly #places = new Map<string, number>();
  #last: readonly Block[] = [];
  #first = 0;
  #newest = 0;
  #room = SIZE;

  /** Divides `entries`. A block that is as it was is the same object as before. */
  of(entries: readonly Entry[]): readonly Block[] {
    this.#place(entries);
    const known = new Map(this.#last.map((block) => [block.key, block]));
    return this.#last = this.#grouped(entries).map((block) => {
      const before = known.get(block.key);
      return before && isSame(before.entries, block.entries) ? before : block;
    });
  }

  #place(entries: readonly Entry[]): void {
    const known = entries.findIndex(({ id }) => this.#places.has(id));
    if (known > 0) this.#putInFront(entries.slice(0, known));
    for (const { id } of entries) {
      if (this.#places.has(id)) continue;
      if (this.#room-- === 0) [this.#newest, this.#room] = [this.#newest + 1, SIZE - 1];
      this.#places.set(id, this.#newest);
    }
  }

  #putInFront(entries: readonly Entry[]): void {
    entries.toReversed().forEach(({ id }, index) => {
      if (index % SIZE === 0) this.#first--;
      this.#places.set(id, this.#first);
    });
  }

  #grouped(entries: readonly Entry[]): Block[] {
    const blocks: { place: number; key: string; entries: Entry[] }[] = [];
    const counts = new Map<number, number>();
    for (const entry of entries) {
      const place = this.#places.get(entry.id)!;
      if (blocks.at(-1)?.place !== place) {
        // What the server orders anew may stand between the entries of another block.
        const count = (counts.get(place) ?? 0) + 1;
        counts.set(place, count);
        blocks.push({ place, key: `${place}.${count}`, entries: [] });
      }
      blocks.at(-1)!.entries.push(entry);
    }
    return blocks;
  }
}

function isSame(one: readonly Entry[], other: readonly Entry[]): boolean {
  return one.length === other.length && one.every((entry, index) => entry === other[index]);
}
