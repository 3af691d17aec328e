/** In what order a conversation's messages are released to agents (protocol, "Order"). */

/** How long a message waits for the ones before it, in milliseconds. */
export const GAP_MS = 250;
/** The same where one before it may come by way of another server. */
export const GAP_AMONG_SERVERS_MS = 1_000;
/** Conversations whose place is remembered; the ones longest unused are forgotten, which only forgoes their next wait. */
const MOST_CONVERSATIONS = 20_000;

interface Place {
  /** The lowest number that is neither released nor settled. */
  next: number;
  settled: Set<number>;
  waiting: Map<number, () => void>;
  timer?: ReturnType<typeof setTimeout> | undefined;
}

/**
 * Lets messages of one conversation pass by their rising `_seq`. A number that is missing is waited for at most
 * `gapMs()` milliseconds, then passed over; one that comes after that passes at once.
 */
export class ReleaseOrder implements Disposable {
  readonly #places = new Map<string, Place>();

  constructor(readonly gapMs: () => number = () => GAP_MS) {}

  /** Says that `seq` was given out here, so that later numbers of a conversation not seen before wait for it. */
  expect(conversationId: string, seq: number): void {
    this.#place(conversationId, seq);
  }

  /** Gives undefined when `seq` may pass now, or a promise that resolves when it may. Then call `settle`. */
  turn(conversationId: string, seq: number): Promise<void> | undefined {
    const place = this.#place(conversationId, seq);
    if (seq <= place.next) return undefined;
    return new Promise((resolve) => {
      // The same message may have come twice.
      const earlier = place.waiting.get(seq);
      place.waiting.set(seq, () => (earlier?.(), resolve()));
      place.timer ??= setTimeout(() => this.#passOver(place), this.gapMs());
    });
  }

  /** Counts `seq` as released, also when it ended in an error or went elsewhere. */
  settle(conversationId: string, seq: number): void {
    const place = this.#place(conversationId, seq);
    if (seq < place.next) return;
    place.settled.add(seq);
    this.#advance(place);
  }

  /** Lets everything pass that still waits. */
  [Symbol.dispose](): void {
    for (const place of this.#places.values()) {
      clearTimeout(place.timer);
      for (const pass of place.waiting.values()) pass();
    }
    this.#places.clear();
  }

  #place(conversationId: string, seq: number): Place {
    const known = this.#places.get(conversationId);
    if (known) return known;
    const place: Place = { next: seq, settled: new Set(), waiting: new Map() };
    this.#places.set(conversationId, place);
    if (this.#places.size > MOST_CONVERSATIONS) this.#forgetOldest();
    return place;
  }

  #advance(place: Place): void {
    while (place.settled.delete(place.next)) place.next++;
    const pass = place.waiting.get(place.next);
    if (!pass) return;
    place.waiting.delete(place.next);
    this.#restart(place);
    pass();
  }

  #passOver(place: Place): void {
    place.timer = undefined;
    const lowest = Math.min(...place.waiting.keys());
    place.next = lowest;
    for (const seq of place.settled) if (seq < lowest) place.settled.delete(seq);
    this.#advance(place);
  }

  #restart(place: Place): void {
    clearTimeout(place.timer);
    place.timer = place.waiting.size > 0 ? setTimeout(() => this.#passOver(place), this.gapMs()) : undefined;
  }

  #forgetOldest(): void {
    for (const [conversationId, place] of this.#places) {
      if (place.waiting.size > 0) continue;
      this.#places.delete(conversationId);
      return;
    }
  }
}
