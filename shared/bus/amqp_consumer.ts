/** One reader of a RabbitMQ queue, on a channel of its own, which is opened anew when it is lost. */
import type { Channel, ChannelModel, ConsumeMessage } from "amqplib";
import { ParleyError } from "../error.ts";
import { logOf } from "../log.ts";
import { reconnectPauseMs } from "../pause.ts";
import type { Acks, ChannelAcks } from "./amqp_acks.ts";
import { deliveriesBefore, fromAmqp, isExpired } from "./amqp_message.ts";
import { attemptsBefore, withAttempts } from "./attempts.ts";
import type { ConsumeOptions, Envelope, Handler, Subscription } from "./bus.ts";
import { Reader } from "./reader.ts";

const log = logOf("bus", "amqp");

export interface AmqpConsumerOptions {
  queue: string;
  handler: Handler;
  options: ConsumeOptions | undefined;
  declare: () => Promise<void>;
  acks: Acks;
  republish: Republish;
}

/** Publishes a copy of a message to the queue. */
export type Republish = (envelope: Envelope) => Promise<void>;

/** Reads a queue across connections. */
export class AmqpConsumer {
  readonly queue: string;
  /** Resolves once it has ended, and RabbitMQ knows what it has finished. */
  readonly left: Promise<void>;
  readonly #reader: Reader;
  readonly #receiving = Promise.withResolvers<void>();
  #model: ChannelModel | undefined;
  #channel: Channel | undefined;
  #acks: ChannelAcks | undefined;
  #tag = "";
  #retry: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;

  constructor(readonly how: AmqpConsumerOptions) {
    this.queue = how.queue;
    this.#reader = new Reader(how.handler, how.options, () => this.#cancel());
    this.left = this.#reader.closed.then(() => this.#leave());
    this.#receiving.promise.catch(() => {});
  }

  get subscription(): Subscription {
    return this.#reader;
  }

  get inFlight(): number {
    return this.#reader.inFlight;
  }

  /** Resolves once it receives for the first time. */
  get receiving(): Promise<void> {
    return this.#receiving.promise;
  }

  /** Says that it will never receive. */
  refuse(error: Error): void {
    this.#receiving.reject(error);
  }

  /** Reads on a new connection. */
  up(model: ChannelModel): void {
    this.#model = model;
    this.#failures = 0;
    void this.#start();
  }

  /** Gives up what is in flight: RabbitMQ delivers it again. */
  down(): void {
    this.#model = undefined;
    this.#letGo();
    clearTimeout(this.#retry);
    this.#reader.interrupt();
  }

  async #start(): Promise<void> {
    const model = this.#model;
    if (model === undefined || this.#reader.ending) return;
    try {
      const channel = await this.#open(model);
      if (this.#reader.ending) return await this.#leave();
      await this.how.declare();
      await channel.prefetch(this.#reader.prefetch);
      const receive = (message: ConsumeMessage | null) => this.#receive(message, channel);
      const { consumerTag } = await channel.consume(this.queue, receive);
      this.#tag = consumerTag;
      this.#failures = 0;
      this.#receiving.resolve();
      if (this.#reader.ending) await this.#cancel();
    } catch (error) {
      this.#again(model, error);
    }
  }

  async #open(model: ChannelModel): Promise<Channel> {
    const channel = await model.createChannel();
    channel.on(
      "error",
      (error) => log.warning("The channel of {queue} was closed", { queue: this.queue, error }),
    );
    channel.on("close", () => this.#lost(model, channel));
    this.#channel = channel;
    this.#acks = this.how.acks.open(channel);
    return channel;
  }

  /** Deliveries of this channel cannot be settled any more. */
  #letGo(): void {
    this.#channel = undefined;
    this.#acks?.close();
    this.#acks = undefined;
  }

  #lost(model: ChannelModel, channel: Channel): void {
    if (this.#channel !== channel) return;
    this.#letGo();
    this.#reader.interrupt();
    this.#again(model, new Error("the channel was closed"));
  }

  #again(model: ChannelModel, error: unknown): void {
    if (this.#model !== model || this.#reader.ending) return;
    log.warning("Reading {queue} is tried again", { queue: this.queue, error });
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#start(), reconnectPauseMs(++this.#failures));
  }

  #receive(message: ConsumeMessage | null, channel: Channel): void {
    const acks = this.#acks;
    if (this.#channel !== channel || acks === undefined) return;
    // RabbitMQ has ended the reading itself: the queue was deleted or moved. That this channel closes is seen to then.
    if (message === null) {
      acks.close();
      return void channel.close().catch(() => {});
    }
    acks.delivered(message);
    this.#work(message, (isDone) => isDone ? acks.ack(message) : acks.nack(message));
  }

  #work(message: ConsumeMessage, settle: (isDone: boolean) => void): void {
    if (isExpired(message)) return settle(true);
    const envelope = fromAmqp(message);
    const before = deliveriesBefore(message);
    if (before === undefined) return void recount(this.queue, envelope, this.how.republish).then(settle);
    const delivery = { queue: this.queue, envelope, attempt: before + 1 };
    this.#reader.run(delivery, (verdict) => settle(verdict?.kind === "ack"));
  }

  async #cancel(): Promise<void> {
    clearTimeout(this.#retry);
    if (!this.#tag) return;
    await this.#channel?.cancel(this.#tag).catch((error) => log.debug("Cancelling failed", { error }));
  }

  async #leave(): Promise<void> {
    this.refuse(new ParleyError("cancelled", "The reading was ended before it began."));
    this.how.acks.flush();
    const channel = this.#channel;
    this.#letGo();
    await channel?.close().catch((error) => log.debug("Closing a channel failed", { error }));
  }
}

/**
 * Publishes a copy that has the count: a classic queue tells of a second delivery and not of a third. Resolves with
 * whether the copy has taken the message's place.
 */
export async function recount(queue: string, envelope: Envelope, republish: Republish): Promise<boolean> {
  try {
    await republish(withAttempts(envelope, attemptsBefore(envelope) + 1));
    return true;
  } catch (error) {
    log.warning("A message of {queue} could not be counted", { queue, id: envelope.id, error });
    return false;
  }
}
