/** Taking from RabbitMQ's queues one by one, since RabbitMQ itself then says that nothing more stands there. */
import type { Channel, ChannelModel, Message } from "amqplib";
import { ParleyError } from "../error.ts";
import { logOf } from "../log.ts";
import type { Acks, ChannelAcks } from "./amqp_acks.ts";
import { recount, type Republish } from "./amqp_consumer.ts";
import { deliveriesBefore, fromAmqp, isExpired } from "./amqp_message.ts";
import type { PulledDelivery, Verdict } from "./bus.ts";
import { PULL_LEASE_MS } from "./pull.ts";

const log = logOf("bus", "amqp");

export interface AmqpPullerOptions {
  model: ChannelModel;
  acks: Acks;
  republish: (queue: string) => Republish;
}

interface Line {
  channel: Channel;
  acks: ChannelAcks;
  unsettled: Set<PulledDelivery>;
}

/**
 * Pulls on one connection. Its channel stays open: a quorum queue carries out many acknowledgements a little later, and
 * forgets them when the channel has gone by then.
 */
export class AmqpPuller implements AsyncDisposable {
  #line: Promise<Line> | undefined;
  /** When each that is not settled was lent, the oldest first. */
  readonly #unsettled = new Map<PulledDelivery, number>();
  #lease: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly how: AmqpPullerOptions) {}

  inFlight(queue: string): number {
    return [...this.#unsettled.keys()].filter((each) => each.queue === queue).length;
  }

  /** Takes up to `limit` deliveries; fewer when no more stand in the queue. Throws `unavailable` when the connection is lost. */
  async take(queue: string, limit: number): Promise<PulledDelivery[]> {
    const taken: PulledDelivery[] = [];
    try {
      const line = await (this.#line ??= this.#open());
      while (taken.length < limit) {
        const message = await line.channel.get(queue);
        if (message === false) break;
        const delivery = await this.#read(line, queue, message);
        if (delivery) taken.push(delivery);
      }
    } catch (cause) {
      await Promise.all(taken.map((each) => each.settle({ kind: "retry" })));
      throw new ParleyError("unavailable", "RabbitMQ was lost while a queue was read. Try again.", { cause });
    }
    return taken;
  }

  /** Gives back what is not settled. */
  async [Symbol.asyncDispose](): Promise<void> {
    const line = await this.#line?.catch(() => undefined);
    clearTimeout(this.#lease);
    if (!line) return;
    this.how.acks.flush();
    this.#letGo(line);
    await line.channel.close().catch((error) => log.debug("Closing a channel failed", { error }));
  }

  async #open(): Promise<Line> {
    try {
      const channel = await this.how.model.createChannel();
      const line = { channel, acks: this.how.acks.open(channel), unsettled: new Set<PulledDelivery>() };
      channel.on("error", (error) => log.warning("The channel for pulling was closed", { error }));
      channel.on("close", () => this.#letGo(line));
      return line;
    } catch (error) {
      this.#line = undefined;
      throw error;
    }
  }

  /** What is not settled by now comes again: RabbitMQ gives it back with its channel. */
  #letGo({ acks, unsettled }: Line): void {
    this.#line = undefined;
    acks.close();
    for (const each of unsettled) this.#unsettled.delete(each);
    unsettled.clear();
  }

  async #read(line: Line, queue: string, message: Message): Promise<PulledDelivery | undefined> {
    line.acks.delivered(message);
    const envelope = fromAmqp(message);
    const before = deliveriesBefore(message);
    const isGone = isExpired(message) ||
      before === undefined && await recount(queue, envelope, this.how.republish(queue));
    if (isGone) return void line.acks.ack(message);
    return this.#held(line, message, { queue, envelope, attempt: (before ?? 1) + 1 });
  }

  #held(line: Line, message: Message, read: Omit<PulledDelivery, "settle">): PulledDelivery {
    const settle = ({ kind }: Verdict): Promise<void> => {
      this.#unsettled.delete(delivery);
      if (!line.unsettled.delete(delivery)) return Promise.resolve();
      if (kind === "ack") line.acks.ack(message);
      else line.acks.nack(message);
      return Promise.resolve();
    };
    const delivery: PulledDelivery = { ...read, settle };
    this.#unsettled.set(delivery, performance.now());
    line.unsettled.add(delivery);
    this.#lease ??= setTimeout(() => this.#recall(), PULL_LEASE_MS);
    return delivery;
  }

  /** Gives back what nobody has settled in time, and comes again for the next. */
  #recall(): void {
    const now = performance.now();
    for (const [delivery, lentAt] of this.#unsettled) {
      if (lentAt + PULL_LEASE_MS > now) break;
      void delivery.settle({ kind: "retry" });
    }
    const [oldest] = this.#unsettled.values();
    this.#lease = oldest === undefined
      ? undefined
      : setTimeout(() => this.#recall(), oldest + PULL_LEASE_MS - now);
  }
}
