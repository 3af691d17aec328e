/** Events on RabbitMQ: an exchange, and for each process a queue that ends with its connection. */
import { Buffer } from "node:buffer";
import type { Channel, ChannelModel, ConsumeMessage } from "amqplib";
import { EVENTS_EXCHANGE, type Topology } from "./amqp_topology.ts";
import type { Subscription } from "./bus.ts";
import { logOf } from "../log.ts";
import { type EventHandler, Topics } from "./topics.ts";

const log = logOf("bus", "amqp");

/** Emits and receives events, at most once: what happens while there is no connection is not told. */
export class AmqpEvents {
  readonly #topics = new Topics();
  #ready = Promise.withResolvers<void>();
  #channel: Channel | undefined;
  #queue = "";

  emit(topic: string, event: unknown): void {
    this.#channel?.publish(EVENTS_EXCHANGE, topic, Buffer.from(JSON.stringify(event)));
  }

  /** Resolves once events of `topic` come. */
  async subscribe(topic: string, handler: EventHandler): Promise<Subscription> {
    const subscription = this.#topics.subscribe(topic, handler, () => this.#unbind(topic));
    await this.#ready.promise;
    await this.#channel?.bindQueue(this.#queue, EVENTS_EXCHANGE, topic);
    return subscription;
  }

  async up(model: ChannelModel, topology: Topology): Promise<void> {
    await topology.events();
    const channel = await model.createChannel();
    channel.on("error", (error) => log.error("The channel of events was closed", { error }));
    const queue = {
      exclusive: true,
      autoDelete: true,
      durable: false,
      arguments: { "x-queue-type": "classic" },
    };
    this.#queue = (await channel.assertQueue("", queue)).queue;
    for (const topic of this.#topics.names) await channel.bindQueue(this.#queue, EVENTS_EXCHANGE, topic);
    await channel.consume(this.#queue, (message) => this.#receive(message), { noAck: true });
    this.#channel = channel;
    this.#ready.resolve();
  }

  down(): void {
    this.#channel = undefined;
    this.#ready = Promise.withResolvers();
  }

  close(): void {
    this.#ready.resolve();
  }

  #receive(message: ConsumeMessage | null): void {
    if (message) this.#topics.deliver(message.fields.routingKey, message.content.toString());
  }

  async #unbind(topic: string): Promise<void> {
    if (this.#topics.names.includes(topic)) return;
    await this.#channel?.unbindQueue(this.#queue, EVENTS_EXCHANGE, topic);
  }
}
