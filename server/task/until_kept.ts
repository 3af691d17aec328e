/** What has to happen though nobody waits for it: tried until the store has kept it, or it has happened otherwise. */
import { ParleyError } from "../../shared/error.ts";
import { logOf } from "../../shared/log.ts";
import type { Clock } from "../presence/clock.ts";

/** How long to wait where the store did not keep it, in milliseconds. */
const STORE_PAUSE_MS = 1_000;

const log = logOf("server", "task");

/** Disposing ends the trying. */
export class UntilKept implements Disposable {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Disposable>();
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Never rejects. What is being tried already by that name is not tried twice. */
  async run(what: string, work: () => Promise<void>): Promise<void> {
    if (this.#isClosed || this.#waiting.has(what)) return;
    try {
      await work();
    } catch (cause) {
      const { code } = ParleyError.from(cause);
      if (code === "conflict" || code === "not_found" || this.#isClosed) return;
      log.warning("What happened to a task is not kept yet: {cause}", { cause });
      this.#waiting.set(what, this.#clock.after(STORE_PAUSE_MS, () => this.#again(what, work)));
    }
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    for (const pause of this.#waiting.values()) pause[Symbol.dispose]();
    this.#waiting.clear();
  }

  #again(what: string, work: () => Promise<void>): void {
    this.#waiting.delete(what);
    void this.run(what, work);
  }
}
