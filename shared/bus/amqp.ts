/** The bus on RabbitMQ: plain durable queues on the default exchange, as any peer may declare them. */
import type { ChannelModel, ConfirmChannel, Message } from "amqplib";
import { ParleyError } from "../error.ts";
import { logOf } from "../log.ts";
import { Acks } from "./amqp_acks.ts";
import { AmqpConsumer } from "./amqp_consumer.ts";
import { AmqpEvents } from "./amqp_events.ts";
import { AmqpPuller } from "./amqp_pull.ts";
import { Link } from "./amqp_link.ts";
import { delayStepMs, fromAmqp, toAmqp } from "./amqp_message.ts";
import { Topology } from "./amqp_topology.ts";
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
import { Outbox, type OutboxOptions } from "./outbox.ts";
import { atMost } from "../pause.ts";
import { pullFrom } from "./pull.ts";
import type { EventHandler } from "./topics.ts";

const log = logOf("bus", "amqp");
/** How long closing waits for publishes to be confirmed, in milliseconds. */
const CLOSE_MS = 2_000;
/** How long who pulls waits for a connection, in milliseconds: as long as a publish does. */
const CONNECTION_MS = 30_000;

export interface AmqpOptions extends OutboxOptions {
  onStateChange?: OnStateChange | undefined;
}

/**
 * Opens the bus on the RabbitMQ at `url`. Resolves at once; the connection is made, and made again, in the
 * background with pauses that grow to 5 s. Publishes wait for RabbitMQ's confirmation, and are sent again after a
 * lost connection, so they may arrive twice. Delays are rounded up to steps (100 ms … 24 h). Priorities are not
 * kept: queues are declared without arguments. A classic queue counts attempts through copies, which go to the end.
 */
export function openAmqpBus(url: string, options: AmqpOptions = {}): Promise<MessageBus> {
  return Promise.resolve(new AmqpBus(url, options));
}

interface Outgoing {
  queue: string;
  envelope: Envelope;
  options: PublishOptions;
}

/** What one connection has. */
interface Wire {
  model: ChannelModel;
  topology: Topology;
  channel: ConfirmChannel;
  puller: AmqpPuller;
  /** Queues and ids of messages that RabbitMQ could not put anywhere; their confirmation is not worth anything. */
  returned: Set<string>;
}

class AmqpBus implements MessageBus {
  readonly traits: BusTraits = { durable: true, priorities: false, countsCrashes: true, retries: false };
  readonly #link: Link;
  readonly #outbox: Outbox<Outgoing>;
  readonly #consumers = new Set<AmqpConsumer>();
  readonly #acks = new Acks();
  readonly #events = new AmqpEvents();
  readonly #ended = new AbortController();
  readonly #queues = new Set<string>();
  readonly #connectionMs: number;
  #isUp = Promise.withResolvers<void>();
  #wire: Wire | undefined;
  #closing: Promise<void> | undefined;
  #isClosed = false;

  constructor(url: string, options: AmqpOptions) {
    this.#connectionMs = options.timeoutMs ?? CONNECTION_MS;
    this.#outbox = new Outbox(options);
    this.#link = new Link(url, {
      up: (model) => this.#up(model),
      down: () => this.#down(),
      onStateChange: options.onStateChange,
    });
  }

  publish(queue: string, envelope: Envelope, options: PublishOptions = {}): Promise<void> {
    if (this.#isClosed) return Promise.reject(closedError());
    this.#queues.add(queue);
    return this.#outbox.add({ queue, envelope, options }, (number, outgoing) => this.#send(number, outgoing));
  }

  async consume(queue: string, handler: Handler, options?: ConsumeOptions): Promise<Subscription> {
    if (this.#closing) throw closedError();
    this.#queues.add(queue);
    const consumer = new AmqpConsumer({
      queue,
      handler,
      options,
      acks: this.#acks,
      declare: async () => await this.#wire?.topology.queue(queue),
      republish: (envelope) => this.publish(queue, envelope),
    });
    this.#consumers.add(consumer);
    consumer.subscription.closed.then(() => this.#consumers.delete(consumer));
    if (this.#wire) consumer.up(this.#wire.model);
    await consumer.receiving;
    return consumer.subscription;
  }

  async pull(queue: string, options: PullOptions): Promise<PulledDelivery[]> {
    if (this.#closing) throw closedError();
    this.#queues.add(queue);
    await this.#connected(options.signal);
    if (options.signal?.aborted) return [];
    const standing = await this.#standing(queue, options.limit);
    if (standing.length > 0 || !options.blockMs) return standing;
    const came = await this.#waitFor(queue, options);
    if (came.length > 0 || options.signal?.aborted) return came;
    return await this.#standing(queue, options.limit);
  }

  /** Waits until there is a connection or `signal` aborts. Throws `unavailable` when none came in time. */
  async #connected(signal: AbortSignal | undefined): Promise<void> {
    if (this.#wire) return;
    const over = AbortSignal.any([this.#ended.signal, ...(signal ? [signal] : [])]);
    const aborted = Promise.withResolvers<void>();
    over.addEventListener("abort", () => aborted.resolve(), { once: true });
    if (!over.aborted) await atMost(this.#connectionMs, Promise.race([this.#isUp.promise, aborted.promise]));
    if (this.#closing) throw closedError();
    if (!this.#wire && !signal?.aborted) throw lostError();
  }

  /** Takes what stands in the queue, as RabbitMQ says itself: a reader can only guess that nothing more comes. */
  async #standing(queue: string, limit: number): Promise<PulledDelivery[]> {
    const wire = this.#wire;
    if (!wire || this.#closing) throw lostError();
    return await orLost(wire.topology.queue(queue).then(() => wire.puller.take(queue, limit)));
  }

  /** Reads the queue for a moment. Where RabbitMQ is lost before that begins, there is no waiting for it without end. */
  async #waitFor(queue: string, options: PullOptions): Promise<PulledDelivery[]> {
    const tooLong = new AbortController();
    const timer = setTimeout(() => tooLong.abort(), (options.blockMs ?? 0) + this.#connectionMs);
    const ended = AbortSignal.any([this.#ended.signal, tooLong.signal]);
    try {
      return await pullFrom({ consume: this.consume.bind(this), ended }, queue, options);
    } catch (cause) {
      throw tooLong.signal.aborted ? lostError(cause) : cause;
    } finally {
      clearTimeout(timer);
    }
  }

  emit(topic: string, event: unknown): Promise<void> {
    this.#events.emit(topic, event);
    return Promise.resolve();
  }

  async subscribe(topic: string, handler: EventHandler): Promise<Subscription> {
    return await this.#events.subscribe(topic, handler);
  }

  async stats(): Promise<QueueStats[]> {
    const wire = this.#wire;
    if (wire === undefined) return [];
    const stats: QueueStats[] = [];
    // One after another: asking for one that was deleted ends the channel, and with it whatever is asked there by then.
    for (const queue of [...this.#queues]) {
      const count = await orLost(wire.topology.count(queue));
      if (count) stats.push({ queue, ...count, inFlight: this.#inFlight(queue) });
      else if (!this.#isRead(queue)) this.#queues.delete(queue);
    }
    return stats;
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
    await this.#wire?.puller[Symbol.asyncDispose]();
    if (this.#wire) await atMost(CLOSE_MS, this.#outbox.empty());
    this.#isClosed = true;
    this.#outbox.close();
    this.#acks.clear();
    this.#events.close();
    await this.#link.close();
  }

  async #up(model: ChannelModel): Promise<void> {
    const topology = new Topology(model);
    const channel = await model.createConfirmChannel();
    const republish = (queue: string) => (envelope: Envelope) => this.publish(queue, envelope);
    const puller = new AmqpPuller({ model, acks: this.#acks, republish });
    const wire: Wire = { model, topology, channel, puller, returned: new Set() };
    channel.on(
      "return",
      (message: Message) => wire.returned.add(`${message.fields.routingKey} ${fromAmqp(message).id}`),
    );
    channel.on("error", (error) => log.error("The channel for publishing was closed", { error }));
    channel.on("close", () => this.#wire === wire && void model.close().catch(() => {}));
    await this.#events.up(model, topology);
    this.#wire = wire;
    this.#isUp.resolve();
    for (const consumer of this.#consumers) consumer.up(model);
    for (const [number, outgoing] of this.#outbox.entries()) this.#send(number, outgoing);
  }

  #down(): void {
    void this.#wire?.puller[Symbol.asyncDispose]();
    this.#wire = undefined;
    this.#isUp = Promise.withResolvers();
    this.#acks.clear();
    this.#events.down();
    for (const consumer of this.#consumers) consumer.down();
  }

  /** Sends at once when the queue is known; without a connection, `#up` sends what the outbox holds. */
  #send(number: number, outgoing: Outgoing): void {
    const wire = this.#wire;
    if (wire === undefined) return;
    const delayMs = outgoing.options.delayMs ?? 0;
    if (delayMs <= 0 && wire.topology.has(outgoing.queue)) return this.#write(wire, number, outgoing);
    this.#prepare(wire, outgoing).then(
      (exchange) => this.#write(wire, number, outgoing, exchange),
      (error) => this.#refused(wire, number, error),
    );
  }

  async #prepare({ topology }: Wire, { queue, options }: Outgoing): Promise<string> {
    await topology.queue(queue);
    if (!options.delayMs || options.delayMs <= 0) return "";
    const step = delayStepMs(options.delayMs);
    const name = `parley.delay.${step}`;
    await topology.delay(name, step);
    return name;
  }

  #write(wire: Wire, number: number, outgoing: Outgoing, exchange = ""): void {
    if (this.#wire !== wire) return;
    const { content, properties } = toAmqp(outgoing.envelope, outgoing.options);
    const confirmed = (error: unknown) => {
      if (this.#wire !== wire) return;
      if (error) this.#refused(wire, number, error);
      else this.#confirmed(wire, number, outgoing);
    };
    try {
      wire.channel.publish(exchange, outgoing.queue, content, properties, confirmed);
    } catch (error) {
      return this.#refused(wire, number, error);
    }
    this.#acks.flush();
  }

  #confirmed(wire: Wire, number: number, outgoing: Outgoing): void {
    if (wire.returned.size === 0 || !wire.returned.delete(`${outgoing.queue} ${outgoing.envelope.id}`)) {
      return this.#outbox.confirm(number);
    }
    // Somebody deleted the queue since we declared it.
    wire.topology.forget(outgoing.queue);
    this.#send(number, outgoing);
  }

  #refused(wire: Wire, number: number, error: unknown): void {
    // Sent again on the next connection.
    if (this.#wire !== wire || isClosed(error)) return;
    const known = error instanceof ParleyError ? error : undefined;
    const text = "RabbitMQ did not accept the message.";
    this.#outbox.refuse(number, known ?? new ParleyError("unavailable", text, { cause: error }));
  }

  /** Tells whether somebody here reads a queue, which then comes back. */
  #isRead(queue: string): boolean {
    return [...this.#consumers].some((one) => one.queue === queue);
  }

  #inFlight(queue: string): number {
    const readers = [...this.#consumers].filter((one) => one.queue === queue);
    const pulled = this.#wire?.puller.inFlight(queue) ?? 0;
    return readers.reduce((sum, one) => sum + one.inFlight, pulled);
  }
}

/** Tells whether a publish failed only because its channel went; RabbitMQ's own refusal is another thing. */
function isClosed(error: unknown): boolean {
  return error instanceof Error && /closed|closing/i.test(error.message);
}

function lostError(cause?: unknown): ParleyError {
  return new ParleyError("unavailable", "RabbitMQ cannot be reached. Try again later.", { cause });
}

/** Says in our words that a queue could not be asked: amqplib's word for a lost connection is an error of its own. */
function orLost<T>(asked: Promise<T>): Promise<T> {
  return asked.catch((cause) => {
    throw cause instanceof ParleyError ? cause : lostError(cause);
  });
}

function closedError(): ParleyError {
  return new ParleyError("unavailable", "The bus has been closed.");
}
