/** What must exist on RabbitMQ before it can be used: queues, the delays' steps, the events' exchange. */
import type { Channel, ChannelModel } from "amqplib";
import { logOf } from "../log.ts";

const log = logOf("bus", "amqp");
export const EVENTS_EXCHANGE = "parley.events";
const NOT_FOUND = 404;
const PRECONDITION_FAILED = 406;

/**
 * Declares each thing once a connection, on a channel of its own, since a refused declaration closes its channel. Counting
 * has another: a channel has but one question open, and who declares is not to wait until hundreds of queues are counted.
 */
export class Topology {
  readonly #done = new Map<string, Promise<void> | true>();
  readonly #channels = new Map<"declaring" | "counting", Promise<Channel>>();

  constructor(readonly model: ChannelModel) {}

  /** Tells whether `queue` is known to exist; then no waiting is needed. */
  has(queue: string): boolean {
    return this.#done.get(queue) === true;
  }

  /** Declares a durable queue without arguments, so that any peer's plain durable declaration matches. */
  queue(name: string): Promise<void> {
    return this.#once(name, async (channel) => void await channel.assertQueue(name, { durable: true }));
  }

  /** Declares the step of one delay: what enters leaves for the queue of its routing key after `ms` milliseconds. */
  delay(name: string, ms: number): Promise<void> {
    return this.#once(name, async (channel) => {
      await channel.assertExchange(name, "fanout", { durable: true });
      await channel.assertQueue(name, { durable: true, messageTtl: ms, deadLetterExchange: "" });
      await channel.bindQueue(name, name, "");
    });
  }

  /** Declares the exchange of events. */
  events(): Promise<void> {
    const declare = async (channel: Channel) =>
      void await channel.assertExchange(EVENTS_EXCHANGE, "direct", { durable: true });
    return this.#once(EVENTS_EXCHANGE, declare);
  }

  /** Forgets that `name` exists, since RabbitMQ says that it does not. */
  forget(name: string): void {
    this.#done.delete(name);
  }

  /** Counts what waits in `queue` and who reads it. Undefined: it was deleted since it was declared. */
  async count(queue: string): Promise<{ ready: number; consumers: number } | undefined> {
    await this.queue(queue);
    const channel = await this.#open("counting");
    try {
      const { messageCount, consumerCount } = await channel.checkQueue(queue);
      return { ready: messageCount, consumers: consumerCount };
    } catch (error) {
      if ((error as { code?: unknown }).code !== NOT_FOUND) throw error;
      this.forget(queue);
      return undefined;
    }
  }

  #once(name: string, declare: (channel: Channel) => Promise<void>): Promise<void> {
    const known = this.#done.get(name);
    if (known !== undefined) return known === true ? Promise.resolve() : known;
    const declared = this.#declare(name, declare);
    this.#done.set(name, declared);
    return declared;
  }

  async #declare(name: string, declare: (channel: Channel) => Promise<void>): Promise<void> {
    try {
      await declare(await this.#open("declaring"));
      this.#done.set(name, true);
    } catch (error) {
      if ((error as { code?: unknown }).code !== PRECONDITION_FAILED) {
        this.#done.delete(name);
        throw error;
      }
      log.warning("{name} exists with other arguments; it is used as it is", { name });
      this.#done.set(name, true);
    }
  }

  #open(purpose: "declaring" | "counting"): Promise<Channel> {
    const known = this.#channels.get(purpose);
    if (known) return known;
    const opened = this.model.createChannel().then((channel) => {
      channel.on(
        "error",
        (error) => log.debug("RabbitMQ refused what was asked ({purpose})", { purpose, error }),
      );
      channel.on("close", () => this.#channels.delete(purpose));
      return channel;
    });
    this.#channels.set(purpose, opened);
    return opened;
  }
}
