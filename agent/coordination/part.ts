/** What the objects of coordination have in common: opened with their first call, held until they are disposed of. */
import { ParleyError } from "../../shared/error.ts";
import type { CoordinationOptions } from "./options.ts";
import { type Hold, holdBackend } from "./shared_backend.ts";

/** One object's hold on its backend. */
export class Part implements AsyncDisposable {
  #held: Promise<Hold> | undefined;
  #closed: Promise<void> | undefined;

  constructor(private readonly options: CoordinationOptions) {}

  get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  /** Gives the hold, opening it the first time. Throws `unavailable` after disposal, or what opening throws; asking again tries again. */
  open(): Promise<Hold> {
    if (this.#closed) {
      return Promise.reject(
        new ParleyError("unavailable", "This object has been disposed of. Make another."),
      );
    }
    return this.#held ??= holdBackend(this.options).catch((thrown) => {
      this.#held = undefined;
      throw thrown;
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closed ??= this.#close();
  }

  async #close(): Promise<void> {
    const hold = await this.#held?.catch(() => undefined);
    await hold?.[Symbol.asyncDispose]();
  }
}
