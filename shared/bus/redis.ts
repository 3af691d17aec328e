/** The bus on Redis: streams with a group of readers, and channels for events and for waking readers. */
import { ParleyError } from "../error.ts";
import { logOf } from "../log.ts";
import { newId } from "../model/id.ts";
import { atMost } from "../pause.ts";
import type {
  BusTraits,
  ConsumeOptions,
  Envelope,
  Handler,
  MessageBus,
  OnStateChange,
  PublishOptions,
  PulledDelivery,
  PullOptions,
  QueueStats,
  Subscription,
} from "./bus.ts";
import type { OutboxOptions } from "./outbox.ts";
import { baseOf, readRedisUrl, type RedisAddress, topicChannelOf } from "./redis_address.ts";
import { RedisChannels } from "./redis_channels.ts";
import { Claims } from "./redis_claims.ts";
import { RedisConsumer } from "./redis_consumer.ts";
import { RedisLink } from "./redis_link.ts";
import { RedisPublisher } from "./redis_publisher.ts";
import { RedisPuller } from "./redis_pull.ts";
import { loggable, type RedisFacts, unavailable } from "./redis_server.ts";
import { RedisSettler } from "./redis_settler.ts";
import type { Wire } from "./redis_wire.ts";
import type { EventHandler } from "./topics.ts";

const log = logOf("bus", "redis");
/** How long closing waits for Redis to take what is to be said, in milliseconds. */
const CLOSE_MS = 2_000;

export interface RedisBusOptions extends OutboxOptions {
  onStateChange?: OnStateChange | undefined;
  /** Milliseconds without a word after which a reader is dead, and others get what it had; default 10,000. */
  leaseMs?: number;
  /** Milliseconds after which a command without an answer means that Redis hangs; default 5,000. */
  commandTimeoutMs?: number;
}

/**
 * Opens the bus on the Redis at `url`, `redis(s)://user:password@host:port/database?prefix=parley:`. Resolves after the
 * first try to connect, whatever comes of it; the connection is made, and made again, in the background with pauses
 * that grow to 3 s. Throws `ConfigError` for a URL that is none and for a Redis before 6.2.
 *
 * A publish resolves once Redis has it, and is sent again after a lost connection, so it may arrive twice. What that
 * is worth is Redis's: with its append-only file and the default `appendfsync everysec` a power cut can lose the last
 * second, and without that file a restart loses everything; `traits.durable` says whether the Redis that was met last
 * has one. A reader that dies is missed after `leaseMs`. Messages with one key go to one reader while any of them is out.
 */
export async function openRedisBus(url: string, options: RedisBusOptions = {}): Promise<MessageBus> {
  const bus = new RedisBus(readRedisUrl(url), options);
  try {
    await bus.firstTry();
    return bus;
  } catch (error) {
    await bus[Symbol.asyncDispose]();
    throw error;
  }
}

class RedisBus implements MessageBus {
  readonly #link: RedisLink;
  readonly #publisher: RedisPublisher;
  readonly #settler = new RedisSettler();
  readonly #channels = new RedisChannels();
  readonly #consumers = new Set<RedisConsumer>();
  readonly #pullers = new Map<string, RedisPuller>();
  readonly #queues = new Set<string>();
  readonly #ended = new AbortController();
  readonly #id = newId("msg").replace("msg_", "");
  #readers = 0;
  #wire: Wire | undefined;
  #isDurable = false;
  #tending: ReturnType<typeof setInterval> | undefined;
  #closing: Promise<void> | undefined;
  #isClosed = false;

  constructor(private readonly address: RedisAddress, private readonly options: RedisBusOptions) {
    this.#publisher = new RedisPublisher(options);
    this.#link = new RedisLink({
      address,
      commandTimeoutMs: options.commandTimeoutMs ?? 5_000,
      up: (wire, facts) => this.#up(wire, facts),
      down: () => this.#down(),
      onStateChange: options.onStateChange,
    });
  }

  get traits(): BusTraits {
    return { durable: this.#isDurable, priorities: true, countsCrashes: true, retries: false };
  }

  firstTry(): Promise<void> {
    return this.#link.firstTry();
  }

  publish(queue: string, envelope: Envelope, options: PublishOptions = {}): Promise<void> {
    if (this.#isClosed) return Promise.reject(closedError());
    this.#queues.add(queue);
    return this.#publisher.publish(this.#base(queue), envelope, options);
  }

  async consume(queue: string, handler: Handler, options?: ConsumeOptions): Promise<Subscription> {
    if (this.#closing) throw closedError();
    const claims = this.#claims(queue);
    const hear = (ring: () => void) => this.#hear(queue, ring);
    const consumer = new RedisConsumer({ queue, handler, options, claims, hear });
    this.#consumers.add(consumer);
    consumer.left.then(() => this.#consumers.delete(consumer));
    if (this.#wire) consumer.up(this.#wire);
    try {
      await consumer.receiving;
      return consumer.subscription;
    } catch (error) {
      void consumer.subscription[Symbol.asyncDispose]();
      throw error;
    }
  }

  async pull(queue: string, options: PullOptions): Promise<PulledDelivery[]> {
    if (this.#closing) throw closedError();
    return await this.#puller(queue).pull(options);
  }

  emit(topic: string, event: unknown): Promise<void> {
    this.#channels.tell(topicChannelOf(this.address, topic), event);
    return Promise.resolve();
  }

  async subscribe(topic: string, handler: EventHandler): Promise<Subscription> {
    const { subscription, heard } = this.#channels.hear(topicChannelOf(this.address, topic), handler);
    await heard;
    return subscription;
  }

  async stats(): Promise<QueueStats[]> {
    const wire = this.#wire;
    if (wire === undefined) return [];
    return await Promise.all([...this.#queues].map((queue) => this.#count(wire, queue)));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#ended.abort();
    const consumers = [...this.#consumers];
    for (const consumer of consumers) consumer.refuse(closedError());
    await Promise.all(consumers.map(({ subscription }) => subscription[Symbol.asyncDispose]()));
    await Promise.all(consumers.map(({ left }) => left));
    await Promise.all([...this.#pullers.values()].map((puller) => puller.close()));
    if (this.#wire) await atMost(CLOSE_MS, Promise.all([this.#publisher.empty(), this.#settler.empty()]));
    this.#isClosed = true;
    this.#publisher.close();
    this.#settler.close();
    this.#channels.close();
    await this.#link.close();
    clearInterval(this.#tending);
  }

  /** What was finished is said before what is given back, and both before anything is asked for. */
  async #up(wire: Wire, { appends }: RedisFacts): Promise<void> {
    this.#isDurable = appends;
    await this.#channels.up(wire);
    this.#wire = wire;
    this.#settler.up(wire);
    for (const puller of this.#pullers.values()) puller.up(wire);
    for (const consumer of this.#consumers) consumer.up(wire);
    this.#publisher.up(wire);
    this.#tending = setInterval(() => this.#tend(wire), this.#leaseMs / 3);
  }

  #down(): void {
    this.#wire = undefined;
    clearInterval(this.#tending);
    this.#channels.down();
    this.#publisher.down();
    this.#settler.down();
    for (const puller of this.#pullers.values()) puller.claims.down();
    for (const consumer of this.#consumers) consumer.down();
  }

  get #leaseMs(): number {
    return this.options.leaseMs ?? 10_000;
  }

  /** Keeps what this process has, and takes from the dead what they had. */
  #tend(wire: Wire): void {
    for (const [queue, names] of this.#names()) {
      const said = wire.run("tend", this.#base(queue), [this.#leaseMs, ...names]);
      said.then(
        (count) =>
          count &&
          log.warning("{count} messages of {queue} are taken from a reader that is gone", { count, queue }),
        (error) => log.warning("Tending {queue} failed: {said}", { queue, said: loggable(error) }),
      );
    }
  }

  /** Lists this process's readers by their queues. */
  #names(): Map<string, string[]> {
    const names = new Map<string, string[]>();
    const readers = [...this.#consumers, ...this.#pullers.values()];
    for (const { claims } of readers) {
      const others = names.get(claims.queue) ?? [];
      if (claims.consumer) names.set(claims.queue, [...others, claims.consumer]);
    }
    return names;
  }

  #claims(queue: string): Claims {
    this.#queues.add(queue);
    const label = `${this.#id}.${++this.#readers}`;
    return new Claims({ queue, base: this.#base(queue), label, settler: this.#settler });
  }

  #puller(queue: string): RedisPuller {
    const known = this.#pullers.get(queue);
    if (known) return known;
    const claims = this.#claims(queue);
    const hear = (ring: () => void) => this.#hear(queue, ring);
    const puller = new RedisPuller({ claims, hear, ended: this.#ended.signal });
    this.#pullers.set(queue, puller);
    if (this.#wire) claims.up(this.#wire);
    return puller;
  }

  async #count(wire: Wire, queue: string): Promise<QueueStats> {
    const consumers = [...this.#consumers].filter((one) => one.queue === queue).length;
    try {
      const [ready, inFlight] = await wire.run("count", this.#base(queue), []) as [number, number];
      return { queue, ready, inFlight, consumers };
    } catch (error) {
      throw unavailable(error);
    }
  }

  #hear(queue: string, ring: () => void) {
    return this.#channels.hear(`${this.#base(queue)}:ring`, ring);
  }

  #base(queue: string): string {
    return baseOf(this.address, queue);
  }
}

function closedError(): ParleyError {
  return new ParleyError("unavailable", "The bus has been closed.");
}
