import { strict as assert } from "node:assert";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { Duplex } from "node:stream";
import type { ConsumeOptions, MessageBus } from "../shared/bus/bus.ts";
import { openBus } from "../shared/bus/open.ts";
import type { ConnectResponse, HubFrame, PeerFrame } from "../shared/grpc/gen/bus.ts";
import { type BusCall, createBusGateway, type StreamLimits } from "./bus_gateway.ts";

const LIMITS: StreamLimits = { consumers: 2, prefetch: 5, unconfirmed: 3 };
const PEER = { kind: "agent", id: "agent_1" } as const;

/** One stream as the gateway holds it: what the peer says, and what it is told. */
class Stream extends Duplex {
  readonly told: NonNullable<HubFrame["frame"]>[] = [];

  constructor() {
    super({ objectMode: true });
  }

  sendMetadata(): void {}
  override _read(): void {}
  override _write({ frames }: ConnectResponse, _: string, done: () => void): void {
    for (const { frame } of frames) if (frame) this.told.push(frame);
    this.emit("told");
    done();
  }

  say(...said: NonNullable<PeerFrame["frame"]>[]): void {
    this.push({ frames: said.map((frame) => ({ frame })) });
  }

  async heard(many: number): Promise<void> {
    while (this.told.length < many) await once(this, "told");
  }
}

/** A real bus, of which a part is another. */
async function withBus(
  part: (bus: MessageBus) => Partial<MessageBus>,
  play: (stream: Stream) => Promise<void>,
): Promise<void> {
  await using bus = await openBus("sqlite::memory:");
  const changed: MessageBus = {
    traits: bus.traits,
    publish: (queue, envelope, options) => bus.publish(queue, envelope, options),
    consume: (queue, handler, options) => bus.consume(queue, handler, options),
    pull: (queue, options) => bus.pull(queue, options),
    emit: (topic, event) => bus.emit(topic, event),
    subscribe: (topic, handler) => bus.subscribe(topic, handler),
    stats: () => bus.stats(),
    [Symbol.asyncDispose]: () => bus[Symbol.asyncDispose](),
    ...part(bus),
  };
  await using gateway = createBusGateway(changed, () => {}, LIMITS);
  const stream = new Stream();
  const over = gateway.connect(stream as unknown as BusCall, PEER);
  await play(stream);
  stream.push(null);
  await over;
}

const consume = (consumer: number, prefetch = 0) =>
  ({ $case: "consume", value: { consumer, queue: `queue_${consumer}`, prefetch } }) as const;

const publish = (sequence: number): NonNullable<PeerFrame["frame"]> => {
  const body = Buffer.from("{}");
  const envelope = { id: `msg_${sequence}`, body, isText: true, headers: {}, priority: 0, key: "" };
  const value = { sequence, queue: "broker_input_queue", envelope, delayMs: 0, expiresMs: 0 };
  return { $case: "publish", value };
};

Deno.test("a stream gets so many consumers and no more, and another place when one is cancelled", () =>
  withBus(() => ({}), async (stream) => {
    for (const consumer of [1, 2, 3]) stream.say(consume(consumer));
    await stream.heard(3);
    const codes = new Map(
      stream.told.map(({ value }) =>
        "consumer" in value && "code" in value ? [value.consumer, value.code] : [0, ""]
      ),
    );
    assert.deepEqual([codes.get(1), codes.get(2), codes.get(3)], ["", "", "rate_limited"]);
    stream.say({ $case: "cancel", value: { consumer: 1 } });
    await stream.heard(4);
    stream.say(consume(3));
    await stream.heard(5);
    assert.partialDeepStrictEqual(stream.told[4], { $case: "consuming", value: { consumer: 3, code: "" } });
  }));

Deno.test("a consumer's prefetch is held to what a stream may have", async () => {
  const given: (number | undefined)[] = [];
  const watched = (bus: MessageBus): Partial<MessageBus> => ({
    consume: (queue, handler, options?: ConsumeOptions) => {
      given.push(options?.prefetch);
      return bus.consume(queue, handler, options);
    },
  });
  await withBus(watched, async (stream) => {
    stream.say(consume(1, 4));
    stream.say(consume(2, 4_000_000_000));
    await stream.heard(2);
  });
  assert.deepEqual(given, [4, 5]);
});

Deno.test("a stream is not read while too many of its publishes wait to be stored, and none is lost", async () => {
  const waiting: PromiseWithResolvers<void>[] = [];
  const slow = (): Partial<MessageBus> => ({
    publish: () => {
      const stored = Promise.withResolvers<void>();
      waiting.push(stored);
      return stored.promise;
    },
  });
  await withBus(slow, async (stream) => {
    const paused = once(stream, "pause");
    for (const sequence of [1, 2, 3, 4]) stream.say(publish(sequence));
    await paused;
    assert.equal(waiting.length, LIMITS.unconfirmed);
    const resumed = once(stream, "resume");
    waiting[0]?.resolve();
    await resumed;
    for (let at = 1; at < 4; at++) {
      while (!waiting[at]) await once(stream, "data");
      waiting[at]?.resolve();
    }
    await stream.heard(4);
  });
});
