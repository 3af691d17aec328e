/** Looks after one wire from time to time: keeps its lease, and finds what nobody has told of. */
import { logOf } from "../log.ts";
import type { SqlDialect, SqlWire } from "./sql_wire.ts";

const log = logOf("bus", "sql");
/** A delay that is nearly over is not looked for more often than this, in milliseconds. */
const SOONEST_MS = 5;

export interface WatchOptions {
  wire: SqlWire;
  poll: SqlDialect["poll"];
  /** Milliseconds between two signs of life. */
  careMs: number;
  /** Gives the queues whose readers have room. */
  hungry: () => string[];
  wake: (queue: string) => void;
  /** Hears of an error; tells whether it ends the wire. */
  failed: (error: unknown) => boolean;
}

/** Watches until it is stopped. */
export class Watch {
  readonly #over = new AbortController();
  readonly #due: Rounds;
  readonly #look: Rounds;
  readonly #rounds: Rounds[];
  #lookMs: number;

  constructor(private readonly how: WatchOptions) {
    const { signal } = this.#over;
    this.#lookMs = how.poll.firstMs;
    this.#due = new Rounds(signal, () => this.#bringDue(), how);
    this.#look = new Rounds(signal, () => this.#lookRound(), how);
    const care = new Rounds(signal, () => this.#care(), how);
    this.#rounds = [this.#due, this.#look, care];
    this.#due.in(0);
    this.#look.in(this.#lookMs);
    care.in(0);
  }

  /** Says that a delay is over in so many milliseconds. */
  dueIn(ms: number): void {
    this.#due.in(Math.max(SOONEST_MS, ms));
  }

  /** Says that something goes on, so that it is worth looking often. */
  hurry(): void {
    this.#lookMs = this.how.poll.firstMs;
    this.#look.in(this.#lookMs);
  }

  /** Resolves once no round is under way. */
  async stop(): Promise<void> {
    this.#over.abort();
    await Promise.all(this.#rounds.map((each) => each.ended));
  }

  async #care(): Promise<number> {
    await this.how.wire.care();
    return this.how.careMs;
  }

  async #bringDue(): Promise<number> {
    const { wire, careMs } = this.how;
    // Another process's delays are found at the next round.
    return Math.min(careMs, Math.max(SOONEST_MS, await wire.bringDue() ?? Infinity));
  }

  async #lookRound(): Promise<number> {
    const { wire, wake, hungry, poll } = this.how;
    const { waiting, isLively } = await wire.look(hungry());
    for (const queue of waiting) wake(queue);
    this.#lookMs = nextLookMs(this.#lookMs, isLively, poll);
    return this.#lookMs;
  }
}

/** Decides how long to pause after a look: the first pause when something goes on, otherwise twice the last. */
export function nextLookMs(lastMs: number, isLively: boolean, poll: SqlDialect["poll"]): number {
  return isLively ? poll.firstMs : Math.min(poll.longestMs, lastMs * 2);
}

/** Does something again and again, one round at a time; each says after how many milliseconds the next is due. */
class Rounds {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #at = Infinity;
  #round: Promise<void> | undefined;

  constructor(
    private readonly over: AbortSignal,
    private readonly work: () => Promise<number>,
    private readonly how: Pick<WatchOptions, "failed" | "careMs">,
  ) {
    over.addEventListener("abort", () => clearTimeout(this.#timer), { once: true });
  }

  /** Resolves once no round is under way. */
  get ended(): Promise<void> {
    return this.#round ?? Promise.resolve();
  }

  /** Has the next round come in so many milliseconds, or sooner if that is planned. */
  in(ms: number): void {
    const at = performance.now() + ms;
    if (at >= this.#at || this.over.aborted) return;
    clearTimeout(this.#timer);
    this.#at = at;
    this.#timer = setTimeout(() => this.#go(), ms);
  }

  #go(): void {
    this.#at = Infinity;
    // One that is under way plans the next itself, but not for what came to be due meanwhile.
    if (this.#round) return void this.#round.then(() => this.in(0));
    this.#round = this.#once().finally(() => this.#round = undefined);
  }

  async #once(): Promise<void> {
    try {
      const nextMs = await this.work();
      this.in(nextMs);
    } catch (error) {
      if (this.over.aborted || this.how.failed(error)) return;
      // Such as a deadlock, which came about by chance.
      log.warning("Looking after the queues is tried again", { error });
      this.in(this.how.careMs);
    }
  }
}
