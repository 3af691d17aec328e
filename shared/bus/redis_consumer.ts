/** One reader of a queue on Redis: it asks when a bell rings, when something is due and when it has room. */
import { ParleyError } from "../error.ts";
import { logOf } from "../log.ts";
import { reconnectPauseMs } from "../pause.ts";
import type { ConsumeOptions, Handler, Subscription } from "./bus.ts";
import { Reader } from "./reader.ts";
import type { Claim, Claims } from "./redis_claims.ts";
import { isRefusal, loggable } from "./redis_server.ts";
import { TurnEnd } from "./redis_turn.ts";
import type { Wire } from "./redis_wire.ts";

const log = logOf("bus", "redis");
/** Longest time that a timer takes. */
const LONGEST_MS = 2 ** 31 - 1;

export interface RedisConsumerOptions {
  queue: string;
  handler: Handler;
  options: ConsumeOptions | undefined;
  claims: Claims;
  /** Hears the queue's bell from now on. */
  hear: (ring: () => void) => { subscription: Subscription; heard: Promise<void> };
}

/** Reads a queue across connections. */
export class RedisConsumer {
  readonly queue: string;
  /** Resolves once it has ended, and Redis knows what it has finished. */
  readonly left: Promise<void>;
  readonly #reader: Reader;
  readonly #receiving = Promise.withResolvers<void>();
  readonly #turn = new TurnEnd(() => void this.#take());
  #taking: Promise<void> | undefined;
  #hears = false;
  /** Whether there may be something to take. */
  #isRung = true;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;

  constructor(private readonly how: RedisConsumerOptions) {
    this.queue = how.queue;
    this.#reader = new Reader(how.handler, how.options, () => this.#stop());
    this.left = this.#live();
    this.#receiving.promise.catch(() => {});
  }

  get claims(): Claims {
    return this.how.claims;
  }

  get subscription(): Subscription {
    return this.#reader;
  }

  /** Resolves once it receives for the first time. */
  get receiving(): Promise<void> {
    return this.#receiving.promise;
  }

  /** Says that it will never receive. */
  refuse(error: Error): void {
    this.#receiving.reject(error);
  }

  up(wire: Wire): void {
    this.claims.up(wire);
    this.#failures = 0;
    this.#ring();
  }

  /** Gives up what is in flight: it goes back when there is a connection again, or when the lease ends. */
  down(): void {
    this.claims.down();
    clearTimeout(this.#timer);
    this.#reader.interrupt();
  }

  /** Hears the bell until the reader has ended. Nothing is asked for before, so that nothing is missed in between. */
  async #live(): Promise<void> {
    const bell = this.how.hear(() => this.#ring());
    bell.heard.then(() => this.#heard(), (error) => this.refuse(error));
    await this.#reader.closed;
    this.refuse(new ParleyError("cancelled", "The reading was ended before it began."));
    await bell.subscription[Symbol.asyncDispose]();
    await this.claims.close();
  }

  #heard(): void {
    this.#hears = true;
    this.#ring();
  }

  #ring(): void {
    this.#isRung = true;
    this.#turn.ask();
  }

  async #take(): Promise<void> {
    if (this.#taking || !this.#isRung || !this.#hears) return;
    if (this.#reader.ending || this.claims.consumer === undefined) return;
    const room = this.#reader.prefetch - this.#reader.inFlight;
    if (room <= 0) return;
    this.#isRung = false;
    this.#taking = this.#takeUpTo(room);
    await this.#taking;
    this.#taking = undefined;
    if (this.#isRung) this.#turn.ask();
  }

  async #takeUpTo(room: number): Promise<void> {
    try {
      const { claims, mayBeMore, dueInMs } = await this.claims.take(room);
      this.#failures = 0;
      this.#receiving.resolve();
      this.#isRung ||= mayBeMore;
      if (dueInMs !== undefined) this.#ringIn(dueInMs);
      for (const claim of claims) this.#work(claim);
    } catch (error) {
      // A lost connection is followed by one that rings.
      if (!isRefusal(error)) return;
      log.warning("Reading {queue} is tried again: {said}", { queue: this.queue, said: loggable(error) });
      this.#reader.interrupt();
      this.claims.restart();
      this.#ringIn(reconnectPauseMs(++this.#failures));
    }
  }

  #work(claim: Claim): void {
    if (this.#reader.ending) return this.claims.giveBack(claim, { counts: false });
    this.#reader.run(claim.delivery, (verdict) => {
      if (verdict?.kind === "ack") this.claims.finish(claim);
      else this.claims.giveBack(claim, { counts: true });
      if (this.#isRung) this.#turn.ask();
    });
  }

  #ringIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ring(), Math.min(ms, LONGEST_MS));
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#turn.cancel();
    await this.#taking;
    clearTimeout(this.#timer);
  }
}
