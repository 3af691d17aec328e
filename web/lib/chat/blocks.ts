/** A long conversation in blocks that stay the same while something is added, so that only what changed is drawn again. */
import type { Entry } from "./entry.ts";

export interface Block {
  key: string;
  entries: readonly Entry[];
}

const SIZE = 100;

/** Remembers which block an entry is in: added at the end or put in front, it changes no other block. */
export class Blocks {
  readonly #places = new Map<string, number>();
  #entries: readonly Entry[] = [];
  #last: readonly Placed[] = [];
  #first = 0;
  #newest = 0;
  #room = SIZE;

  /** Divides `entries`. A block that is as it was is the same object as before. */
  of(entries: readonly Entry[]): readonly Block[] {
    const kept = this.#keptFor(entries);
    const rest = entries.slice(kept.reduce((count, block) => count + block.entries.length, 0));
    this.#place(rest, kept.length === 0);
    const known = new Map(this.#last.slice(kept.length).map((block) => [block.key, block]));
    const grouped = this.#grouped(rest, kept).map((block) => {
      const before = known.get(block.key);
      return before && isSame(before.entries, block.entries) ? before : block;
    });
    this.#entries = entries;
    return this.#last = [...kept, ...grouped];
  }

  /** Gives the blocks before the first change, but for the last of them, which may get more: mostly it is all but one. */
  #keptFor(entries: readonly Entry[]): readonly Placed[] {
    const changed = this.#entries.findIndex((entry, index) => entry !== entries[index]);
    let left = changed < 0 ? this.#entries.length : changed;
    const end = this.#last.findIndex((block) => (left -= block.entries.length) < 0);
    return this.#last.slice(0, Math.max(0, (end < 0 ? this.#last.length : end) - 1));
  }

  #place(entries: readonly Entry[], isBeginning: boolean): void {
    const known = entries.findIndex(({ id }) => this.#places.has(id));
    if (isBeginning && known > 0) this.#putInFront(entries.slice(0, known));
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

  #grouped(entries: readonly Entry[], before: readonly Placed[]): Placed[] {
    const blocks: (Placed & { entries: Entry[] })[] = [];
    const counts = new Map<number, number>();
    for (const { place } of before) counts.set(place, (counts.get(place) ?? 0) + 1);
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

interface Placed extends Block {
  place: number;
}

function isSame(one: readonly Entry[], other: readonly Entry[]): boolean {
  return one.length === other.length && one.every((entry, index) => entry === other[index]);
}
