/** Gathers what comes at about the same time, so that it is drawn no more often than it can be seen. */

const FRAME_MS = 16;

/** Gives `take` everything that was added within `pauseMs`, by default a frame of the screen, in order. */
export class Batch<Item> {
  #items: Item[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly take: (items: Item[]) => void, private readonly pauseMs = FRAME_MS) {}

  add(item: Item): void {
    this.#items.push(item);
    this.#timer ??= setTimeout(() => this.#flush(), this.pauseMs);
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
