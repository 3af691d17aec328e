/** How many things are done at once: whoever comes when all slots are taken waits for its turn, first come, first served. */
export class Slots {
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(readonly most: number) {}

  get taken(): number {
    return this.#taken;
  }

  /** Does `work` as soon as a slot is free. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.#taken < this.most) this.#taken++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      this.#pass();
    }
  }

  /** The slot goes straight to the next, so that nobody who comes meanwhile takes it. */
  #pass(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#taken--;
  }
}
