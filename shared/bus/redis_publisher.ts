/** Publishing on Redis: what one turn of the event loop publishes goes together, and is kept until it is confirmed. */
import type { Envelope, PublishOptions } from "./bus.ts";
import { Outbox, type OutboxOptions } from "./outbox.ts";
import { toFields } from "./redis_message.ts";
import { isRefusal, unavailable } from "./redis_server.ts";
import { TurnEnd } from "./redis_turn.ts";
import type { Wire } from "./redis_wire.ts";

/** A script holds everybody up while it runs, so it gets so many messages, or so many characters, at most. */
const MOST_MESSAGES = 256;
const MOST_CHARACTERS = 1_048_576;

interface Outgoing {
  base: string;
  args: string[];
  characters: number;
}

interface Batch {
  base: string;
  numbers: number[];
  args: string[];
  characters: number;
}

/** Sends messages in the order they came, and again on the next connection where no answer has come. */
export class RedisPublisher {
  readonly #outbox: Outbox<Outgoing>;
  readonly #turn = new TurnEnd(() => this.#flush());
  #waiting: [number, Outgoing][] = [];
  #wire: Wire | undefined;

  constructor(options: OutboxOptions) {
    this.#outbox = new Outbox(options);
  }

  /** Publishes to the queue at `base`. Resolves once Redis has it; throws `unavailable` when it has not in time. */
  publish(base: string, envelope: Envelope, options: PublishOptions): Promise<void> {
    return this.#outbox.add(outgoing(base, envelope, options), (number, item) => {
      if (this.#wire === undefined) return;
      this.#waiting.push([number, item]);
      this.#turn.ask();
    });
  }

  up(wire: Wire): void {
    this.#wire = wire;
    this.#waiting = this.#outbox.entries();
    this.#flush();
  }

  down(): void {
    this.#wire = undefined;
    this.#waiting = [];
  }

  /** Resolves when everything is confirmed. */
  empty(): Promise<void> {
    return this.#outbox.empty();
  }

  close(): void {
    this.#turn.cancel();
    this.#outbox.close();
  }

  #flush(): void {
    const wire = this.#wire;
    if (wire === undefined) return;
    for (const batch of batchesOf(this.#waiting)) void this.#send(wire, batch);
    this.#waiting = [];
  }

  async #send(wire: Wire, { base, numbers, args }: Batch): Promise<void> {
    try {
      await wire.run("publish", base, args);
    } catch (error) {
      // Without a verdict of Redis's own it is sent again on the next connection.
      if (!isRefusal(error)) return;
      return numbers.forEach((number) => this.#outbox.refuse(number, unavailable(error)));
    }
    for (const number of numbers) this.#outbox.confirm(number);
  }
}

function outgoing(base: string, envelope: Envelope, { delayMs = 0, expiresMs }: PublishOptions): Outgoing {
  const fields = toFields(envelope);
  const priority = String(envelope.priority ?? 3);
  const delay = delayMs > 0 ? String(Math.ceil(delayMs)) : "";
  const expiry = expiresMs === undefined ? "" : String(Math.ceil(expiresMs));
  const characters = fields.reduce((sum, word) => sum + word.length, 0);
  return { base, args: [priority, delay, expiry, String(fields.length), ...fields], characters };
}

/** Puts together what goes to one queue, in order. */
function batchesOf(waiting: readonly [number, Outgoing][]): Batch[] {
  const batches: Batch[] = [];
  const open = new Map<string, Batch>();
  for (const [number, { base, args, characters }] of waiting) {
    let batch = open.get(base);
    if (!batch || batch.numbers.length >= MOST_MESSAGES || batch.characters >= MOST_CHARACTERS) {
      batch = { base, numbers: [], args: [], characters: 0 };
      open.set(base, batch);
      batches.push(batch);
    }
    batch.numbers.push(number);
    for (const arg of args) batch.args.push(arg);
    batch.characters += characters;
  }
  return batches;
}
