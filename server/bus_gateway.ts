/** The hub's bus: gives agents and brokers their queues over the stream that they opened to the server. */
import { Metadata, type ServerDuplexStream } from "@grpc/grpc-js";
import type { Delivery, Envelope, MessageBus, Subscription, Verdict } from "../shared/bus/bus.ts";
import { fromSettle, fromWire, type Settlement, toWire } from "../shared/bus/hub_frame.ts";
import { ParleyError } from "../shared/error.ts";
import { FrameWriter } from "../shared/grpc/frame_writer.ts";
import type {
  Cancel,
  ConnectRequest,
  ConnectResponse,
  Consume,
  HubFrame,
  PeerFrame,
  Publish,
  Settle,
} from "../shared/grpc/gen/bus.ts";
import { logOf } from "../shared/log.ts";
import { parseJsonObject } from "../shared/model/codec.ts";

const log = logOf("server", "bus_gateway");
/** How long a peer that has cancelled may still work on what it has. */
const CANCEL_GRACE_MS = 600_000;

/** What one stream may have of the bus. */
export interface StreamLimits {
  consumers: number;
  /** Deliveries that a consumer may hold unsettled; who asks for more gets this many. */
  prefetch: number;
  /** Publishes that may wait to be stored; the stream is not read until there are fewer. */
  unconfirmed: number;
}

const STREAM_LIMITS: StreamLimits = { consumers: 16, prefetch: 1_000, unconfirmed: 10_000 };

/** Who is at the other end, as its registration and session key have shown. */
export interface GatewayPeer {
  kind: "agent" | "broker";
  id: string;
}

/** Throws `forbidden` when `peer` may not do this. */
export type AuthorizeQueue = (peer: GatewayPeer, action: "publish" | "consume", queue: string) => void;

export type BusCall = ServerDuplexStream<ConnectRequest, ConnectResponse>;

/** Serves the hub's streams. Disposing ends them all, and what was in flight is delivered again. */
export interface BusGateway extends AsyncDisposable {
  /** Serves one stream of `peer`. Resolves when the stream is over. */
  connect(call: BusCall, peer: GatewayPeer): Promise<void>;
}

/** Makes the gateway to `bus`, which is the retrying one. Dispose of the gateway before the bus. */
export function createBusGateway(
  bus: MessageBus,
  authorize: AuthorizeQueue,
  limits = STREAM_LIMITS,
): BusGateway {
  const open = new Set<Connection>();
  return {
    async connect(call, peer) {
      const connection = new Connection(call, { bus, authorize, limits, peer });
      open.add(connection);
      await connection.over;
      open.delete(connection);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...open].map((connection) => connection.end()));
    },
  };
}

interface ConnectionOptions {
  bus: MessageBus;
  authorize: AuthorizeQueue;
  limits: StreamLimits;
  peer: GatewayPeer;
}

class Connection {
  readonly over: Promise<void>;
  readonly #over = Promise.withResolvers<void>();
  readonly #broken = new AbortController();
  /** By the consumer's number; undefined while it is being opened. */
  readonly #subscriptions = new Map<number, Subscription | undefined>();
  readonly #inFlight = new Map<number, (settlement: Settlement) => void>();
  readonly #writer = new FrameWriter<HubFrame>((frames) => this.call.write({ frames }));
  #lastDelivery = 0;
  #unconfirmed = 0;

  constructor(readonly call: BusCall, readonly options: ConnectionOptions) {
    this.over = this.#over.promise;
    call.on("data", ({ frames }: ConnectRequest) => frames.forEach((frame) => this.#receive(frame)));
    // A peer that dies shows as any of these, in any order (`cancelled` comes after a good end, too).
    for (const event of ["end", "cancelled", "close", "error"]) call.on(event, () => void this.end());
    call.sendMetadata(new Metadata());
  }

  /** Ends the stream: what the peer has not settled goes back at once. */
  async end(): Promise<void> {
    if (this.#broken.signal.aborted) return await this.over;
    this.#broken.abort();
    await Promise.all([...this.#subscriptions.values()].map((one) => one?.[Symbol.asyncDispose]()));
    this.#writer.flush();
    this.call.end();
    this.#over.resolve();
  }

  #receive({ frame }: PeerFrame): void {
    if (this.#broken.signal.aborted) return;
    switch (frame?.$case) {
      case "publish":
        return void this.#publish(frame.value);
      case "consume":
        return void this.#consume(frame.value);
      case "cancel":
        return void this.#cancel(frame.value);
      case "settle":
        return this.#settle(frame.value);
      default:
        log.warning("{peer} sent a frame that is not known here", { peer: this.options.peer.id });
    }
  }

  async #publish({ sequence, queue, envelope, delayMs, expiresMs }: Publish): Promise<void> {
    const { bus, authorize, limits, peer } = this.options;
    if (++this.#unconfirmed === limits.unconfirmed) this.call.pause();
    const refusal = await refusalOf(() => {
      authorize(peer, "publish", queue);
      const options = { ...(delayMs ? { delayMs } : {}), ...(expiresMs ? { expiresMs } : {}) };
      return bus.publish(queue, asSentBy(peer, fromWire(envelope)), options);
    });
    if (this.#unconfirmed-- === limits.unconfirmed) this.call.resume();
    this.#send({ $case: "confirm", value: { sequence, ...refusal } });
  }

  async #consume({ consumer, queue, prefetch }: Consume): Promise<void> {
    const { authorize, peer } = this.options;
    const refusal = await refusalOf(async () => {
      authorize(peer, "consume", queue);
      this.#reserve(consumer);
      try {
        await this.#open({ consumer, queue, prefetch });
      } catch (thrown) {
        this.#subscriptions.delete(consumer);
        throw thrown;
      }
    });
    this.#send({ $case: "consuming", value: { consumer, ...refusal } });
  }

  #reserve(consumer: number): void {
    const most = this.options.limits.consumers;
    if (this.#subscriptions.has(consumer)) throw new ParleyError("conflict", "This consumer exists already.");
    if (this.#subscriptions.size >= most) {
      throw new ParleyError("rate_limited", `A stream may have ${most} consumers. Cancel one first.`);
    }
    this.#subscriptions.set(consumer, undefined);
  }

  async #open({ consumer, queue, prefetch }: Consume): Promise<void> {
    const { bus, limits } = this.options;
    const handler = (delivery: Delivery, signal: AbortSignal) =>
      this.#deliver({ consumer, delivery, signal });
    const subscription = await bus.consume(queue, handler, {
      ...(prefetch ? { prefetch: Math.min(prefetch, limits.prefetch) } : {}),
      mayBeUnstored: true,
      graceMs: CANCEL_GRACE_MS,
      signal: this.#broken.signal,
    });
    const isWanted = this.#subscriptions.has(consumer) && !this.#broken.signal.aborted;
    if (isWanted) this.#subscriptions.set(consumer, subscription);
    else await subscription[Symbol.asyncDispose]();
  }

  async #cancel({ consumer }: Cancel): Promise<void> {
    await this.#subscriptions.get(consumer)?.[Symbol.asyncDispose]();
    this.#subscriptions.delete(consumer);
    this.#send({ $case: "cancelled", value: { consumer } });
  }

  #settle(settle: Settle): void {
    this.#inFlight.get(settle.delivery)?.(fromSettle(settle));
    this.#inFlight.delete(settle.delivery);
  }

  async #deliver({ consumer, delivery, signal }: Handed): Promise<Verdict> {
    const number = this.#lastDelivery = this.#lastDelivery % 0xffff_ffff + 1;
    const settled = new Promise<Settlement>((resolve) => this.#inFlight.set(number, resolve));
    const giveUp = () => this.#settle({ delivery: number, verdict: 0, code: "", reason: "" });
    signal.addEventListener("abort", giveUp, { once: true });
    const { queue, envelope, attempt } = delivery;
    const value = { consumer, delivery: number, queue, envelope: toWire(envelope), attempt };
    this.#send({ $case: "deliver", value }, value.envelope.body.length);
    const settlement = await settled;
    signal.removeEventListener("abort", giveUp);
    if (settlement.kind === "failed") throw settlement.error;
    return settlement;
  }

  #send(frame: HubFrame["frame"], bytes = 0): void {
    if (!this.#broken.signal.aborted) this.#writer.send({ frame }, bytes);
  }
}

interface Handed {
  consumer: number;
  delivery: Delivery;
  signal: AbortSignal;
}

async function refusalOf(work: () => Promise<void>): Promise<{ code: string; message: string }> {
  try {
    await work();
    return { code: "", message: "" };
  } catch (thrown) {
    const error = ParleyError.from(thrown);
    if (error.code === "internal") {
      log.error("A frame of the hub bus failed", { error: error.cause ?? error });
    }
    return { code: error.code, message: error.message };
  }
}

/** Nobody posts as another: what an agent sends carries its own id. Brokers pass on what others wrote. */
function asSentBy(peer: GatewayPeer, envelope: Envelope): Envelope {
  if (peer.kind !== "agent") return envelope;
  const body = parseJsonObject(envelope.body);
  if (body.sender_id === peer.id) return envelope;
  return { ...envelope, body: JSON.stringify({ ...body, sender_id: peer.id }) };
}
