/** One queue in memory: who is next, and which reader gets it. It keeps no clock and does no input or output. */
import type { Envelope } from "./bus.ts";

/** A message that the queue knows; the envelope is absent while only the file holds it. */
export interface Entry {
  readonly seq: number;
  readonly queue: string;
  readonly priority: number;
  readonly key: string | undefined;
  readonly visibleAt: number;
  readonly expiresAt: number;
  envelope: Envelope | undefined;
  /** Attempts made before this delivery. */
  attempts: number;
  /** Whether it is stored that this one was handed out. */
  claimed: boolean;
  /** Who has it, while it is out. */
  taker: Taker | undefined;
  state: "delayed" | "ready" | "out" | "gone";
}

/** Takes entries: a subscription, or somebody who pulls. */
export interface Taker {
  /** Entries that it can have at once, and those that it has. */
  readonly limit: number;
  /** Whether it takes what is not stored yet. */
  readonly mayBeUnstored: boolean;
  taken: number;
  give(entry: Entry): void;
}

interface Owner {
  taker: Taker;
  out: number;
  parked: Entry[];
}

/**
 * Keeps entries by priority, then in order of arrival; what was given back goes first. Entries with one `key` go to
 * one taker while any of them is out, so that their order holds where takers share the queue.
 */
export class LocalQueue {
  readonly #takers: Taker[] = [];
  readonly #lanes = [1, 2, 3, 4, 5].map(() => new Lane());
  readonly #owners = new Map<string, Owner>();
  #turn = 0;
  ready = 0;
  out = 0;
  /** Entries on their way into this queue, which nothing that comes later may overtake. */
  unplaced = 0;

  get takers(): number {
    return this.#takers.length;
  }

  /** Lets `taker` share in what comes. */
  attach(taker: Taker): void {
    this.#takers.push(taker);
  }

  /** Gives `taker` nothing more; what it has, it keeps. */
  detach(taker: Taker): void {
    const at = this.#takers.indexOf(taker);
    if (at >= 0) this.#takers.splice(at, 1);
  }

  /** Puts an entry at the end of its priority. */
  add(entry: Entry): void {
    entry.state = "ready";
    this.ready++;
    this.#lane(entry).push(entry);
  }

  /** Counts an entry as no longer out, and lets what waited for its key go on. */
  settle(entry: Entry): void {
    entry.state = "gone";
    this.out--;
    if (entry.taker) entry.taker.taken--;
    entry.taker = undefined;
    this.#leaveKey(entry);
  }

  /** Puts an entry that was out back to the front. */
  giveBack(entry: Entry): void {
    this.settle(entry);
    entry.state = "ready";
    this.ready++;
    this.#lane(entry).putBack(entry);
  }

  /** Forgets an entry that is ready, such as one that has expired. */
  drop(entry: Entry): void {
    if (entry.state === "ready") this.ready--;
    entry.state = "gone";
  }

  /** Tells whether an entry added now would be handed out at once. */
  wouldHandOut(): boolean {
    return this.ready === 0 && this.#takers.some(isFree);
  }

  /** Tells whether an entry may be handed out before it is stored: only to takers that take such, and overtaking nothing. */
  mayGiveEarly(): boolean {
    return this.unplaced === 0 && this.wouldHandOut() &&
      this.#takers.every(({ mayBeUnstored }) => mayBeUnstored);
  }

  /** Chooses the next entry and sets its taker, and counts it as out; undefined when nothing can be given now. */
  next(): Entry | undefined {
    if (this.ready === 0) return undefined;
    const free = this.#nextFree();
    if (free === undefined) return undefined;
    for (const lane of this.#lanes) {
      for (let entry = lane.peek(); entry !== undefined; entry = lane.peek()) {
        lane.shift();
        const given = this.#choose(entry, free);
        if (given !== undefined) return this.#handOut(given.entry, given.taker);
      }
    }
    return undefined;
  }

  #handOut(entry: Entry, taker: Taker): Entry {
    entry.state = "out";
    entry.taker = taker;
    taker.taken++;
    this.ready--;
    this.out++;
    if (taker === this.#takers[this.#turn % this.#takers.length]) this.#turn++;
    return entry;
  }

  /** Pairs `entry`, or one with its key that waits for the same taker and comes before it, with who gets it. */
  #choose(entry: Entry, free: Taker): { entry: Entry; taker: Taker } | undefined {
    if (entry.key === undefined) return { entry, taker: free };
    const owner = this.#owners.get(entry.key);
    if (owner === undefined) {
      this.#owners.set(entry.key, { taker: free, out: 1, parked: [] });
      return { entry, taker: free };
    }
    insertBySeq(owner.parked, entry);
    // A taker that has left keeps its keys while it works on them, and gets nothing more of them.
    if (!this.#takers.includes(owner.taker) || !isFree(owner.taker)) return undefined;
    owner.out++;
    return { entry: firstReady(owner.parked) ?? entry, taker: owner.taker };
  }

  #leaveKey(entry: Entry): void {
    const owner = entry.key === undefined ? undefined : this.#owners.get(entry.key);
    if (owner === undefined) return;
    owner.out--;
    const count = owner.out === 0 ? owner.parked.length : 1;
    for (const parked of owner.parked.splice(0, count)) this.#lane(parked).putBack(parked);
    if (owner.out === 0) this.#owners.delete(entry.key as string);
  }

  #nextFree(): Taker | undefined {
    for (let step = 0; step < this.#takers.length; step++) {
      const taker = this.#takers[this.#turn % this.#takers.length];
      if (taker && isFree(taker)) return taker;
      this.#turn++;
    }
    return undefined;
  }

  #lane(entry: Entry): Lane {
    return this.#lanes[entry.priority - 1] ?? this.#lanes[2]!;
  }
}

function isFree(taker: Taker): boolean {
  return taker.taken < taker.limit;
}

/** Keeps `entries` in order of `seq`; one that was parked before, and could not be given then, is not the last. */
function insertBySeq(entries: Entry[], entry: Entry): void {
  let at = entries.length;
  while (at > 0 && entries[at - 1]!.seq > entry.seq) at--;
  entries.splice(at, 0, entry);
}

/** Takes the first entry that is still ready; those that have expired meanwhile are forgotten. */
function firstReady(entries: Entry[]): Entry | undefined {
  let entry = entries.shift();
  while (entry !== undefined && entry.state !== "ready") entry = entries.shift();
  return entry;
}

/** First in, first out, except for what was put back, which comes first in its old order. */
class Lane {
  #items: Entry[] = [];
  #head = 0;
  /** Put back, highest `seq` first, so that the next one stands at the end. */
  readonly #back: Entry[] = [];

  push(entry: Entry): void {
    this.#items.push(entry);
  }

  putBack(entry: Entry): void {
    let at = this.#back.length;
    while (at > 0 && this.#back[at - 1]!.seq < entry.seq) at--;
    this.#back.splice(at, 0, entry);
  }

  /** Shows the next ready entry without taking it; the dropped ones before it are forgotten. */
  peek(): Entry | undefined {
    let entry = this.#first();
    while (entry !== undefined && entry.state !== "ready") {
      this.shift();
      entry = this.#first();
    }
    return entry;
  }

  shift(): void {
    if (this.#back.pop() !== undefined) return;
    this.#head++;
    if (this.#head < 1024 || this.#head * 2 < this.#items.length) return;
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }

  #first(): Entry | undefined {
    return this.#back.at(-1) ?? this.#items[this.#head];
  }
}
