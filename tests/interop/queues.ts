// A peer's own connection to RabbitMQ: plain durable queues on the default exchange, JSON bodies, confirms.

import amqp from "amqplib";
import { Buffer } from "node:buffer";
import type { Message } from "./message.ts";

/** Carries one message together with the AMQP properties it came with. */
export interface QueueMessage {
  message: Message;
  persistent: boolean;
  expiration?: string;
}

type Connection = Awaited<ReturnType<typeof amqp.connect>>;
type Channel = Awaited<ReturnType<Connection["createConfirmChannel"]>>;

/** Reads and writes queues; owns its connection until it is disposed. */
export class Queues implements AsyncDisposable {
  readonly #connection: Connection;
  readonly #channel: Channel;
  readonly #returned: string[] = [];
  readonly #working = new Set<Promise<void>>();
  #closing?: Promise<void>;

  private constructor(connection: Connection, channel: Channel) {
    this.#connection = connection;
    this.#channel = channel;
    channel.on("return", (message) => this.#returned.push(message.fields.routingKey));
  }

  static async open(url: string): Promise<Queues> {
    const connection = await amqp.connect(url, { noDelay: true });
    const channel = await connection.createConfirmChannel();
    await channel.prefetch(10);
    return new Queues(connection, channel);
  }

  /** Declares `queue` the way every peer may: durable, and with no arguments. Throws when that does not match. */
  async declare(queue: string): Promise<void> {
    await this.#channel.assertQueue(queue, { durable: true });
  }

  /** Hands every message of `queue` to `handle`, and acknowledges it when `handle` is done. */
  async read(queue: string, handle: (received: QueueMessage) => void | Promise<void>): Promise<void> {
    await this.declare(queue);
    await this.#channel.consume(queue, (delivery) => {
      if (!delivery) return;
      const { deliveryMode, expiration } = delivery.properties;
      const message = JSON.parse(delivery.content.toString()) as Message;
      const work = async () => {
        await handle({ message, persistent: deliveryMode === 2, expiration });
        this.#channel.ack(delivery);
      };
      const working = work().finally(() => this.#working.delete(working));
      this.#working.add(working);
    });
  }

  /** Publishes `message` to `queue`; throws when RabbitMQ knows no such queue. */
  write(queue: string, message: Message): Promise<void> {
    return this.writeRaw(queue, JSON.stringify(message));
  }

  async writeRaw(queue: string, body: string): Promise<void> {
    const options = { persistent: true, mandatory: true, contentType: "application/json" };
    await new Promise<void>((resolve, reject) =>
      this.#channel.publish(
        "",
        queue,
        Buffer.from(body),
        options,
        (error: unknown) => error ? reject(error) : resolve(),
      )
    );
    if (this.#returned.includes(queue)) throw new Error(`nobody declared the queue ${queue}`);
  }

  /** Tells how many messages wait in `queue` and how many readers it has. */
  async look(queue: string): Promise<{ messages: number; readers: number }> {
    const { messageCount, consumerCount } = await this.#channel.checkQueue(queue);
    return { messages: messageCount, readers: consumerCount };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (this.#closing ??= this.#close());
  }

  /** What it is working on, RabbitMQ may still have to confirm. */
  async #close(): Promise<void> {
    await Promise.all(this.#working);
    await this.#connection.close();
  }
}
