/** Gathers what comes at about the same time, so that it is drawn no more often than it can be seen. */

const PAUSE_MS = 16;

/** Gives `take` everything that was added within a frame of the screen, in order. */
export class Batch<Item> {
  #items: Item[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly take: (items: Item[]) => void) {}

  add(item: Item): void {
    this.#items.push(item);
    this.#timer ??= setTimeout(() => this.#flush(), PAUSE_MS);
  }

  /** Forgets what was not given yet. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#items = [];
  }

  #flush(): void {
    this.#timer = undefined;
    const items = this.#items;
    this.#items = [];
    this.take(items);
  }
}
