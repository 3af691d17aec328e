/** What a command printed and its result go different ways: the result waits a moment for the pieces that it counts. */
import type { Clock } from "../presence/clock.ts";
import type { OpenCommand } from "./open_command.ts";

/** How long a result waits, in milliseconds: pieces go at most once, and the result has the whole output itself. */
const WAIT_MS = 250;

export class Stragglers {
  readonly #waiting = new Map<OpenCommand, Set<() => void>>();

  constructor(private readonly clock: Clock) {}

  /** Resolves once so many pieces of a command's output have come, and after 250 ms at the latest. */
  async untilCame(open: OpenCommand | undefined, pieces: number): Promise<void> {
    if (!open || open.nextSequence >= pieces) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => open.nextSequence >= pieces && resolve();
    const looks = this.#waiting.get(open) ?? new Set();
    this.#waiting.set(open, looks.add(look));
    using _timer = this.clock.after(WAIT_MS, resolve);
    await promise;
    looks.delete(look);
    if (looks.size === 0) this.#waiting.delete(open);
  }

  /** Notes that a piece has come. */
  came(open: OpenCommand): void {
    this.#waiting.get(open)?.forEach((look) => look());
  }
}
