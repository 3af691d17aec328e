/** The hub's bus service over any bus, as small as it can be: every queue is open to everybody. For tests. */
import type { ServerDuplexStream } from "@grpc/grpc-js";
import type { MessageBus, Subscription, Verdict } from "../../shared/bus/bus.ts";
import { fromSettle, fromWire, toWire } from "../../shared/bus/hub_frame.ts";
import {
  type BusServiceServer,
  type ConnectRequest,
  type ConnectResponse,
  type HubFrame,
  type PeerFrame,
  type Settle,
} from "../../shared/grpc/gen/bus.ts";

type Stream = ServerDuplexStream<ConnectRequest, ConnectResponse>;

export function busService(bus: MessageBus): BusServiceServer {
  return { connect: (stream) => void new Peer(stream, bus) };
}

class Peer {
  readonly #readers = new Map<number, Subscription>();
  readonly #unsettled = new Map<number, (settle: Settle | undefined) => void>();
  #last = 0;

  constructor(readonly stream: Stream, readonly bus: MessageBus) {
    stream.on("data", ({ frames }: ConnectRequest) => {
      for (const { frame } of frames) void this.#receive(frame);
    });
    stream.on("end", () => stream.end());
    stream.on("error", () => {});
    for (const event of ["end", "cancelled", "close"]) stream.on(event, () => this.#gone());
  }

  async #receive(frame: PeerFrame["frame"]): Promise<void> {
    if (frame?.$case === "publish") {
      const { queue, envelope, sequence } = frame.value;
      await this.bus.publish(queue, fromWire(envelope));
      this.#send({ $case: "confirm", value: { sequence, code: "", message: "" } });
    } else if (frame?.$case === "consume") await this.#consume(frame.value);
    else if (frame?.$case === "settle") this.#unsettled.get(frame.value.delivery)?.(frame.value);
    else if (frame?.$case === "cancel") {
      await this.#readers.get(frame.value.consumer)?.[Symbol.asyncDispose]();
      this.#send({ $case: "cancelled", value: { consumer: frame.value.consumer } });
    }
  }

  async #consume(
    { consumer, queue, prefetch }: { consumer: number; queue: string; prefetch: number },
  ): Promise<void> {
    const reader = await this.bus.consume(queue, async ({ envelope, attempt }) => {
      const delivery = ++this.#last;
      const settled = new Promise<Settle | undefined>((resolve) => this.#unsettled.set(delivery, resolve));
      this.#send({
        $case: "deliver",
        value: { consumer, delivery, queue, envelope: toWire(envelope), attempt },
      });
      return verdictOf(await settled);
    }, { prefetch: prefetch || 64 });
    this.#readers.set(consumer, reader);
    this.#send({ $case: "consuming", value: { consumer, code: "", message: "" } });
  }

  #gone(): void {
    for (const settle of this.#unsettled.values()) settle(undefined);
    for (const reader of this.#readers.values()) void reader[Symbol.asyncDispose]();
    this.#readers.clear();
  }

  #send(frame: HubFrame["frame"]): void {
    if (!this.stream.destroyed) this.stream.write({ frames: [{ frame }] });
  }
}

function verdictOf(settle: Settle | undefined): Verdict {
  const settlement = settle ? fromSettle(settle) : { kind: "retry" as const, delayMs: 0 };
  if (settlement.kind === "failed") throw settlement.error;
  return settlement;
}
