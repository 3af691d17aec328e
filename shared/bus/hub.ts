/** The bus of agents and brokers: one outgoing stream to the server, which keeps the queues. */
import { ParleyError } from "../error.ts";
import {
  CHANNEL_OPTIONS,
  dialCredentials,
  MESSAGE_LIMIT_BYTES,
  peerMetadata,
  type SharedChannel,
} from "../grpc/channel.ts";
import { FrameWriter } from "../grpc/frame_writer.ts";
import {
  BusServiceClient,
  type Confirm,
  type ConnectResponse,
  type Consuming,
  type Deliver,
  type HubFrame,
  type PeerFrame,
} from "../grpc/gen/bus.ts";
import { fromServiceError } from "../grpc/status.ts";
import { logOf } from "../log.ts";
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
import { fromWire, refusalOf, type Settlement, toSettle, toWire } from "./hub_frame.ts";
import { HubConsumer } from "./hub_consumer.ts";
import { Outbox, type OutboxOptions } from "./outbox.ts";
import { atMost, reconnectPauseMs, WORTH_TELLING } from "../pause.ts";
import { pullFrom } from "./pull.ts";

const log = logOf("bus", "hub");
/** How long closing waits for publishes to be confirmed and for the stream to end, in milliseconds each. */
const CLOSE_MS = 2_000;
/** How many failed tries pass between two tellings of a hub that stays away: about a minute. */
const TELL_EVERY = 20;

/** Bytes a body may have; the rest of a frame is for what goes with it. A larger frame would break the stream each time it is sent. */
const MOST_BODY_BYTES = MESSAGE_LIMIT_BYTES - 64 * 1024;

/** What the server hears of a delivery that there was no time to finish. */
const GIVE_BACK: Settlement = { kind: "retry", delayMs: 0 };

export interface HubOptions extends OutboxOptions {
  /** The server's gRPC address, such as `localhost:50051`. */
  address: string;
  /** Who this process is; asked again for each connection, since registering again may change it. */
  identity: () => { id: string; sessionKey: string };
  onStateChange?: OnStateChange;
  /** A channel to `address` that is the caller's own, and outlives the bus; default one of the bus's. */
  channel?: SharedChannel;
}

/**
 * Opens the bus that the server at `address` keeps. Resolves at once; the stream is dialled, and dialled again, in
 * the background with pauses that grow to 3 s. Publishes that are not confirmed are sent again after a lost
 * connection, so they may arrive twice; deliveries in flight are aborted then, and come again.
 */
export function openHubBus(options: HubOptions): Promise<MessageBus> {
  return Promise.resolve(new HubBus(options));
}

type Frame = PeerFrame["frame"];
type Stream = ReturnType<BusServiceClient["connect"]>;

class HubBus implements MessageBus {
  readonly traits: BusTraits = { durable: true, priorities: true, countsCrashes: true, retries: true };
  readonly #client: BusServiceClient;
  readonly #outbox: Outbox<Frame & { $case: "publish" }>;
  readonly #consumers = new Map<number, HubConsumer>();
  readonly #ended = new AbortController();
  #stream: Stream | undefined;
  #writer = new FrameWriter<PeerFrame>(() => {});
  #redial: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #lastConsumer = 0;
  #closing: Promise<void> | undefined;
  #isClosed = false;

  constructor(readonly options: HubOptions) {
    this.#outbox = new Outbox(options);
    const { address, channel } = options;
    const settings = channel ? { channelOverride: channel } : CHANNEL_OPTIONS;
    this.#client = new BusServiceClient(address, dialCredentials(), settings);
    this.#dial();
  }

  publish(queue: string, envelope: Envelope, options: PublishOptions = {}): Promise<void> {
    if (this.#isClosed) return Promise.reject(closedError());
    const { delayMs = 0, expiresMs = 0 } = options;
    const value = { sequence: 0, queue, envelope: toWire(envelope), delayMs, expiresMs };
    if (value.envelope.body.length > MOST_BODY_BYTES) return Promise.reject(tooLarge());
    return this.#outbox.add({ $case: "publish", value }, (sequence, frame) => {
      frame.value.sequence = sequence;
      this.#send(frame, value.envelope.body.length);
    });
  }

  async consume(queue: string, handler: Handler, options?: ConsumeOptions): Promise<Subscription> {
    if (this.#closing) throw closedError();
    const number = ++this.#lastConsumer;
    const consumer = new HubConsumer({ queue, handler, options, cancel: () => this.#cancel(number) });
    this.#consumers.set(number, consumer);
    consumer.subscription.closed.then(() => this.#consumers.delete(number));
    this.#register(number, consumer);
    await consumer.receiving.promise;
    return consumer.subscription;
  }

  async pull(queue: string, options: PullOptions): Promise<PulledDelivery[]> {
    if (this.#closing) throw closedError();
    return await pullFrom({ consume: this.consume.bind(this), ended: this.#ended.signal }, queue, options);
  }

  emit(): Promise<void> {
    return Promise.reject(noEvents());
  }

  subscribe(): Promise<Subscription> {
    return Promise.reject(noEvents());
  }

  stats(): Promise<QueueStats[]> {
    const queues = new Map<string, QueueStats>();
    for (const { queue, inFlight } of this.#consumers.values()) {
      const known = queues.get(queue) ?? { queue, ready: 0, inFlight: 0, consumers: 0 };
      queues.set(queue, { ...known, inFlight: known.inFlight + inFlight, consumers: known.consumers + 1 });
    }
    return Promise.resolve([...queues.values()]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#ended.abort();
    await Promise.all([...this.#consumers.values()].map((consumer) => this.#end(consumer)));
    if (this.#stream) await atMost(CLOSE_MS, this.#outbox.empty());
    this.#isClosed = true;
    this.#outbox.close();
    clearTimeout(this.#redial);
    await this.#hangUp();
    if (!this.options.channel) this.#client.close();
  }

  async #end(consumer: HubConsumer): Promise<void> {
    consumer.receiving.reject(closedError());
    await consumer.subscription[Symbol.asyncDispose]();
  }

  async #hangUp(): Promise<void> {
    const stream = this.#stream;
    if (stream === undefined) return;
    const ended = new Promise<void>((resolve) => stream.once("status", () => resolve()));
    this.#writer.flush();
    stream.end();
    if (!await atMost(CLOSE_MS, ended)) stream.cancel();
  }

  #dial(): void {
    const stream = this.#client.connect(peerMetadata(this.options.identity()));
    this.#stream = stream;
    this.#writer = new FrameWriter((frames) => stream.write({ frames }));
    stream.on("metadata", () => this.#connected());
    stream.on("data", ({ frames }: ConnectResponse) => {
      for (const { frame } of frames) this.#receive(frame, stream);
    });
    stream.on("error", (error: Error) => this.#lost(stream, fromServiceError(error)));
    stream.on(
      "end",
      () => this.#lost(stream, new ParleyError("unavailable", "The server ended the stream.")),
    );
    for (const [number, consumer] of this.#consumers) if (!consumer.ending) this.#register(number, consumer);
    for (const [, frame] of this.#outbox.entries()) {
      this.#send(frame, frame.value.envelope?.body.length);
    }
  }

  #connected(): void {
    this.#failures = 0;
    log.info("Connected to the hub at {address}", { address: this.options.address });
    this.options.onStateChange?.("connected", this.options.address);
  }

  #lost(stream: Stream, error: ParleyError): void {
    if (this.#stream !== stream) return;
    this.#stream = undefined;
    this.#writer[Symbol.dispose]();
    for (const consumer of this.#consumers.values()) consumer.interrupt();
    if (this.#closing) return;
    const delayMs = reconnectPauseMs(++this.#failures);
    this.#redial = setTimeout(() => this.#dial(), delayMs);
    const detail = `The hub at ${this.options.address} cannot be reached: ${error.message}`;
    const level = (this.#failures - WORTH_TELLING) % TELL_EVERY === 0 ? "warning" : "debug";
    log[level]("{detail} Again in {delayMs} ms", { detail, delayMs, code: error.code });
    this.options.onStateChange?.("connecting", detail);
  }

  #receive(frame: HubFrame["frame"], stream: Stream): void {
    switch (frame?.$case) {
      case "confirm":
        return this.#confirm(frame.value);
      case "consuming":
        return this.#consuming(frame.value);
      case "deliver":
        return this.#deliver(frame.value, stream);
      case "cancelled":
        return this.#consumers.get(frame.value.consumer)?.over();
    }
  }

  #confirm(confirm: Confirm): void {
    const refusal = refusalOf(confirm);
    if (refusal) this.#outbox.refuse(confirm.sequence, refusal);
    else this.#outbox.confirm(confirm.sequence);
  }

  #consuming(consuming: Consuming): void {
    const consumer = this.#consumers.get(consuming.consumer);
    const refusal = refusalOf(consuming);
    if (!refusal) return consumer?.receiving.resolve();
    log.error("The hub refused a reader of {queue}: {reason}", {
      queue: consumer?.queue,
      reason: refusal.message,
    });
    consumer?.receiving.reject(refusal);
    this.#consumers.delete(consuming.consumer);
    consumer?.over();
    void consumer?.subscription[Symbol.asyncDispose]();
  }

  #deliver({ consumer, delivery, queue, envelope, attempt }: Deliver, stream: Stream): void {
    const settle = (settlement: Settlement = GIVE_BACK) => {
      if (this.#stream === stream) this.#send({ $case: "settle", value: toSettle(delivery, settlement) });
    };
    const known = this.#consumers.get(consumer);
    if (known) known.work({ queue, envelope: fromWire(envelope), attempt }, settle);
    else settle();
  }

  #register(consumer: number, { queue, prefetch }: HubConsumer): void {
    this.#send({ $case: "consume", value: { consumer, queue, prefetch } });
  }

  #cancel(consumer: number): boolean {
    this.#send({ $case: "cancel", value: { consumer } });
    return this.#stream !== undefined;
  }

  /** What is said while there is no stream is said again when there is one: by the outbox and by registering. */
  #send(frame: Frame, bytes = 0): void {
    if (this.#stream) this.#writer.send({ frame }, bytes);
  }
}

function noEvents(): ParleyError {
  return new ParleyError("forbidden", "The hub carries queues alone; events are between servers.");
}

function tooLarge(): ParleyError {
  return new ParleyError("too_large", `A message's body may have ${MOST_BODY_BYTES} bytes on the hub.`);
}

function closedError(): ParleyError {
  return new ParleyError("unavailable", "The bus has been closed.");
}
