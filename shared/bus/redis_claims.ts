/** What one reader has of a queue on Redis: its name in the group, and what it was given and has not settled. */
import type { Delivery, Envelope } from "./bus.ts";
import { logOf } from "../log.ts";
import { fromFields } from "./redis_message.ts";
import { loggable } from "./redis_server.ts";
import type { RedisSettler } from "./redis_settler.ts";
import type { Wire } from "./redis_wire.ts";

const log = logOf("bus", "redis");
/** A script holds everybody up while it runs, so it gives so many messages at most. */
const MOST_AT_ONCE = 256;

export interface ClaimsOptions {
  queue: string;
  base: string;
  /** Tells this reader apart from all others; each of its names begins with it. */
  label: string;
  settler: RedisSettler;
}

/** One message that was given. */
export interface Claim {
  readonly consumer: string;
  readonly priority: number;
  readonly id: string;
  readonly delivery: Delivery;
}

/** What a take gave. */
export interface Taken {
  claims: Claim[];
  /** Whether there may be more now. */
  mayBeMore: boolean;
  /** Milliseconds until the next delayed message is due, or undefined. */
  dueInMs: number | undefined;
}

type TakeReply = [
  dueInMs: number,
  mayBeMore: 0 | 1,
  entries: [priority: number, id: string, attempt: number, fields: string[]][],
];

/** Takes, finishes and gives back under a name that changes with the connection, so that what is late has no say. */
export class Claims {
  #wire: Wire | undefined;
  #consumer = "";
  #names = 0;
  /** By priority and id. */
  readonly #held = new Map<string, Claim>();

  constructor(private readonly options: ClaimsOptions) {}

  get queue(): string {
    return this.options.queue;
  }

  /** The name that it has now; undefined without a connection. */
  get consumer(): string | undefined {
    return this.#wire && this.#consumer;
  }

  /** Has everything given back that the lost connection had, or was being given. */
  up(wire: Wire): void {
    const before = this.#consumer;
    this.#wire = wire;
    this.#consumer = `${this.options.label}.${++this.#names}`;
    if (before) void this.#release(wire, before);
  }

  down(): void {
    this.#wire = undefined;
  }

  /** Starts anew after a take that Redis refused: what that had taken was never seen, and nobody else would get it. */
  restart(): void {
    if (this.#wire) this.up(this.#wire);
  }

  /** Takes up to `count` messages. Rejects when the connection is lost or Redis refuses. */
  async take(count: number): Promise<Taken> {
    const [wire, consumer] = [this.#wire, this.#consumer];
    if (wire === undefined) throw new Error("there is no connection");
    const most = Math.min(count, MOST_AT_ONCE);
    const reply = await wire.run("take", this.options.base, [consumer, most]) as TakeReply;
    if (this.#wire !== wire) throw new Error("the connection was lost");
    const [dueInMs, mayBeMore, entries] = reply;
    const claims = entries.map(([priority, id, attempt, fields]) => {
      return this.#hold({ consumer, priority, id, delivery: this.#delivery(fromFields(fields), attempt) });
    });
    return { claims, mayBeMore: mayBeMore === 1, dueInMs: dueInMs < 0 ? undefined : dueInMs };
  }

  /** Tells Redis that a message is finished, unless the connection that gave it is gone. */
  finish(claim: Claim): void {
    if (this.#held.get(placeOf(claim)) !== claim) return;
    this.#held.delete(placeOf(claim));
    const { priority, id, delivery: { envelope } } = claim;
    this.options.settler.finish({ base: this.options.base, priority, id, key: envelope.key });
  }

  /** Lets another have a message. `counts`: whether this was an attempt. */
  giveBack(claim: Claim, { counts }: { counts: boolean }): void {
    if (this.#held.get(placeOf(claim)) !== claim) return;
    const { consumer, priority, id } = claim;
    // Without a connection it goes back when there is one; by then, only what is still held counts as an attempt.
    if (this.#wire === undefined && counts) return;
    this.#held.delete(placeOf(claim));
    void this.#say(this.#wire?.run("giveBack", this.options.base, [consumer, priority, id, counts ? 1 : 0]));
  }

  /** Ends this reader in Redis, after everything it has said. */
  async close(): Promise<void> {
    this.options.settler.flush();
    const wire = this.#wire;
    this.#wire = undefined;
    if (wire) await this.#release(wire, this.#consumer);
  }

  #delivery(envelope: Envelope, attempt: number): Delivery {
    return { queue: this.options.queue, envelope, attempt };
  }

  #hold(claim: Claim): Claim {
    this.#held.set(placeOf(claim), claim);
    return claim;
  }

  #release(wire: Wire, consumer: string): Promise<void> {
    const had = [...this.#held.keys()];
    this.#held.clear();
    return this.#say(wire.run("release", this.options.base, [consumer, ...had]));
  }

  /** What could not be said is found by whoever tends the queue. */
  async #say(said: Promise<unknown> | undefined): Promise<void> {
    await said?.catch((error) => log.debug("Messages go back later: {said}", { said: loggable(error) }));
  }
}

function placeOf({ priority, id }: Claim): string {
  return `${priority}:${id}`;
}
