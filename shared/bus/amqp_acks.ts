/** Acknowledgements for RabbitMQ that nobody waits for: they leave with the next publish, since each write costs much. */
import type { Channel, Message } from "amqplib";

/** Without a publish they leave after so many milliseconds. A crash until then delivers again. */
const LATEST_MS = 5;

/** Gathers the acknowledgements of one connection. */
export class Acks {
  #waiting: { channel: Channel; message: Message }[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Acknowledges `message` a little later. */
  add(channel: Channel, message: Message): void {
    this.#waiting.push({ channel, message });
    this.#timer ??= setTimeout(() => this.flush(), LATEST_MS);
  }

  /** Acknowledges what is gathered now. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.clear();
    for (const { channel, message } of waiting) channel.ack(message);
  }

  /** Forgets what is gathered: its connection is gone, and RabbitMQ delivers it again. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
  }
}
