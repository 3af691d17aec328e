/** Pulling from a queue on Redis, for who asks rather than listens. */
import type { PulledDelivery, PullOptions, Subscription, Verdict } from "./bus.ts";
import { PULL_LEASE_MS } from "./pull.ts";
import type { Claim, Claims, Taken } from "./redis_claims.ts";
import { isRefusal, unavailable } from "./redis_server.ts";
import type { Wire } from "./redis_wire.ts";

/** Longest time that a timer takes; then it is asked again. */
const LONGEST_MS = 2 ** 31 - 1;

export interface RedisPullerOptions {
  claims: Claims;
  /** Hears the queue's bell from now on. */
  hear: (ring: () => void) => { subscription: Subscription; heard: Promise<void> };
  /** Aborts when the bus is closed. */
  ended: AbortSignal;
}

/** Pulls from one queue, under one name for all who ask in this process. */
export class RedisPuller {
  /** When each that is not settled was lent, the oldest first. */
  readonly #unsettled = new Map<Claim, number>();
  #lease: ReturnType<typeof setTimeout> | undefined;
  /** Of those who wait. */
  readonly #bells = new Set<Bell>();

  constructor(private readonly how: RedisPullerOptions) {}

  get claims(): Claims {
    return this.how.claims;
  }

  /** Asks anew for whoever has waited while there was no connection. */
  up(wire: Wire): void {
    this.claims.up(wire);
    for (const bell of this.#bells) bell.ring();
  }

  /** Takes up to `limit` deliveries, waiting for the first. Throws `unavailable` without a connection. */
  async pull({ limit, blockMs = 0, signal }: PullOptions): Promise<PulledDelivery[]> {
    const bell = new Bell([this.how.ended, ...(signal ? [signal] : [])]);
    const hearing = blockMs > 0 ? this.how.hear(() => bell.ring()) : undefined;
    // What came before it was heard is asked for once it is; where it cannot be, the asking says why.
    hearing?.heard.then(() => bell.ring(), () => bell.ring());
    const end = performance.now() + blockMs;
    this.#bells.add(bell);
    try {
      for (;;) {
        const leftMs = end - performance.now();
        const taken = await this.#take(limit, { isLast: leftMs <= 0 || bell.isOver });
        if (taken.claims.length > 0) return taken.claims.map((claim) => this.#lend(claim));
        if (leftMs <= 0 || bell.isOver) return [];
        await bell.wait(taken.mayBeMore ? 0 : Math.min(leftMs, taken.dueInMs ?? Infinity));
      }
    } finally {
      this.#bells.delete(bell);
      await hearing?.subscription[Symbol.asyncDispose]();
    }
  }

  /** Gives back what is not settled. */
  async close(): Promise<void> {
    clearTimeout(this.#lease);
    for (const claim of this.#unsettled.keys()) this.#giveBack(claim);
    await this.claims.close();
  }

  /** Without a connection there is nothing to take; only who has waited to the end is told so. */
  async #take(limit: number, { isLast }: { isLast: boolean }): Promise<Taken> {
    try {
      return await this.claims.take(Math.min(1_000, Math.max(1, limit)));
    } catch (error) {
      if (isRefusal(error)) this.claims.restart();
      else if (!isLast) return NOTHING;
      throw unavailable(error);
    }
  }

  #lend(claim: Claim): PulledDelivery {
    this.#unsettled.set(claim, performance.now());
    this.#lease ??= setTimeout(() => this.#recall(), PULL_LEASE_MS);
    const settle = ({ kind }: Verdict): Promise<void> => {
      if (kind !== "ack") this.#giveBack(claim);
      else if (this.#unsettled.delete(claim)) this.claims.finish(claim);
      return Promise.resolve();
    };
    return { ...claim.delivery, settle };
  }

  /** Gives back what nobody has settled in time, and comes again for the next. */
  #recall(): void {
    const now = performance.now();
    for (const [claim, lentAt] of this.#unsettled) {
      if (lentAt + PULL_LEASE_MS > now) break;
      this.#giveBack(claim);
    }
    const [oldest] = this.#unsettled.values();
    const again = () => this.#recall();
    this.#lease = oldest === undefined ? undefined : setTimeout(again, oldest + PULL_LEASE_MS - now);
  }

  #giveBack(claim: Claim): void {
    if (this.#unsettled.delete(claim)) this.claims.giveBack(claim, { counts: true });
  }
}

const NOTHING: Taken = { claims: [], mayBeMore: false, dueInMs: undefined };

/** Wakes who waits: when it rings, in time, or when any of the signals aborts. */
class Bell {
  readonly #over: AbortSignal;
  #isRung = false;
  #wake = () => {};

  constructor(signals: AbortSignal[]) {
    this.#over = AbortSignal.any(signals);
  }

  get isOver(): boolean {
    return this.#over.aborted;
  }

  ring(): void {
    this.#isRung = true;
    this.#wake();
  }

  async wait(ms: number): Promise<void> {
    if (!this.#isRung && !this.isOver) await this.#rung(ms);
    this.#isRung = false;
  }

  #rung(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#over.removeEventListener("abort", wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.min(Math.ceil(ms), LONGEST_MS));
      this.#over.addEventListener("abort", wake);
      this.#wake = wake;
    });
  }
}
