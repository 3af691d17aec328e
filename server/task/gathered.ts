/** Many small writes as few: what is asked for in one turn of the event loop goes together. */
import { setImmediate } from "node:timers";

/** So many share a write at most. */
const MOST_TOGETHER = 100;

interface Waiting<Item> {
  item: Item;
  resolve: (isDone: boolean) => void;
  reject: (reason: unknown) => void;
}

export class Gathered<Item> {
  #waiting: Waiting<Item>[] = [];

  /** `write` writes up to 100 items, and tells of each whether it was done. */
  constructor(private readonly write: (items: Item[]) => Promise<boolean[]>) {}

  /** Resolves to whether it was done, once that is known. Rejects with what kept all that went with it from being written. */
  add(item: Item): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#waiting.length === 1) setImmediate(() => this.#flush());
    });
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let from = 0; from < waiting.length; from += MOST_TOGETHER) {
      void this.#write(waiting.slice(from, from + MOST_TOGETHER));
    }
  }

  async #write(together: readonly Waiting<Item>[]): Promise<void> {
    try {
      const done = await this.write(together.map(({ item }) => item));
      for (const [index, { resolve }] of together.entries()) resolve(done[index] ?? false);
    } catch (error) {
      for (const { reject } of together) reject(error);
    }
  }
}
