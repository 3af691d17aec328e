/** Work that one turn of the event loop asks for many times and that is done once, at its end. */

/** Calls `work` once after the turn in which it was asked to. */
export class TurnEnd {
  #pending: ReturnType<typeof setImmediate> | undefined;

  constructor(private readonly work: () => void) {}

  ask(): void {
    this.#pending ??= setImmediate(() => {
      this.#pending = undefined;
      this.work();
    });
  }

  /** Takes back what was asked. */
  cancel(): void {
    clearImmediate(this.#pending);
    this.#pending = undefined;
  }
}
