/** Acknowledgements for RabbitMQ that nobody waits for: gathered, and given for many deliveries at once where that can be. */
import type { Channel, Message } from "amqplib";
import { logOf } from "../log.ts";

const log = logOf("bus", "amqp");
/** Without a publish they leave after so many milliseconds. A crash until then delivers again. */
const LATEST_MS = 5;

/** Gathers the acknowledgements of one connection until the next publish, since each write costs much. */
export class Acks {
  readonly #waiting = new Set<ChannelAcks>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Begins to keep account of what `channel` delivers. */
  open(channel: Pick<Channel, "ack" | "nack">): ChannelAcks {
    return new ChannelAcks(channel, (acks) => {
      this.#waiting.add(acks);
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.flush();
      }, LATEST_MS);
    });
  }

  /** Acknowledges what is gathered now. */
  flush(): void {
    if (this.#waiting.size === 0) return;
    const waiting = [...this.#waiting];
    // The timer goes on: it costs less than one for each publish.
    this.#waiting.clear();
    for (const acks of waiting) acks.flush();
  }

  /** Forgets what is gathered: its connection is gone, and RabbitMQ delivers it again. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting.clear();
  }
}

/** What one channel has delivered, and what of it is finished. */
export class ChannelAcks {
  /** Delivered and not settled yet, in the order of their tags. */
  readonly #open = new Set<number>();
  /** Finished and not acknowledged yet, by their tags. */
  #finished = new Map<number, Message>();
  #isClosed = false;

  constructor(
    private readonly channel: Pick<Channel, "ack" | "nack">,
    private readonly gathered: (acks: ChannelAcks) => void,
  ) {}

  delivered({ fields }: Message): void {
    this.#open.add(fields.deliveryTag);
  }

  /** Acknowledges a delivery a little later. */
  ack(message: Message): void {
    if (this.#isClosed) return;
    this.#open.delete(message.fields.deliveryTag);
    this.#finished.set(message.fields.deliveryTag, message);
    this.gathered(this);
  }

  /** Gives a delivery back at once. */
  nack(message: Message): void {
    if (this.#isClosed) return;
    this.#open.delete(message.fields.deliveryTag);
    this.#tell(() => this.channel.nack(message, false, true));
  }

  /** Forgets everything: the channel is gone, and RabbitMQ delivers again what was not acknowledged. */
  close(): void {
    this.#isClosed = true;
    this.#finished.clear();
  }

  /** Acknowledges what is finished: together up to the first delivery that is not, the rest one by one. */
  flush(): void {
    const [firstOpen = Infinity] = this.#open;
    const finished = this.#finished;
    this.#finished = new Map();
    let last: Message | undefined;
    for (const [tag, message] of finished) {
      if (this.#isClosed) return;
      if (tag > firstOpen) this.#tell(() => this.channel.ack(message));
      else if (!last || tag > last.fields.deliveryTag) last = message;
    }
    const newest = last;
    if (newest) this.#tell(() => this.channel.ack(newest, true));
  }

  /** A channel that RabbitMQ is closing refuses before it says that it is closed. */
  #tell(say: () => void): void {
    try {
      say();
    } catch (error) {
      log.debug("Deliveries come again, since their channel is closing", { error });
      this.close();
    }
  }
}
