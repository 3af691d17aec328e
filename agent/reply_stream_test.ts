import { strict as assert } from "node:assert";
import { EventEmitter } from "node:events";
import type { SendChunksRequest } from "../shared/grpc/gen/conversation.ts";
import type { OpenStream } from "./lasting_stream.ts";
import { ReplyStream } from "./reply_stream.ts";
import { Arrivals } from "./testing/arrivals.ts";

const head = { messageId: "msg_r", inReplyToMessageId: "msg_1", conversationId: "conv_1", delivery: 1 };
type Stream = NonNullable<ReturnType<OpenStream<SendChunksRequest>>>;

/** A stream that takes what it is given, and is full or broken when the test says so. */
class Wire extends EventEmitter {
  readonly chunks = new Arrivals<SendChunksRequest>();
  full = false;
  ended = false;

  constructor(readonly over: (error: Error | null) => void) {
    super();
  }

  write(chunk: SendChunksRequest): boolean {
    this.chunks.add(chunk);
    return !this.full;
  }

  end(): void {
    this.ended = true;
  }
}

function opened() {
  const wires = new Arrivals<Wire>();
  const stream = new ReplyStream((over) => {
    const wire = new Wire(over);
    wires.add(wire);
    return wire as unknown as Stream;
  });
  return { stream, wires };
}

Deno.test("ReplyStream opens no stream before the first piece", () => {
  const { stream, wires } = opened();
  const reply = stream.begin(head);
  assert.equal(wires.all.length, 0);
  stream.write(reply, "x");
  assert.equal(wires.all.length, 1);
  stream.close();
  assert.equal(wires.all[0]!.ended, true);
});

Deno.test("ReplyStream joins the pieces that a full stream cannot take, and sends them when it drains", async () => {
  const { stream, wires } = opened();
  const reply = stream.begin(head);
  stream.write(reply, "a");
  const wire = await wires.next();
  wire.full = true;
  for (const piece of ["b", "c", "d"]) stream.write(reply, piece);
  assert.deepEqual(wire.chunks.all.map(({ textPayload }) => textPayload), ["a", "b"]);
  wire.full = false;
  wire.emit("drain");
  assert.deepEqual(wire.chunks.all.map(({ textPayload }) => textPayload), ["a", "b", "cd"]);
  stream.close();
});

Deno.test("ReplyStream begins every unfinished reply again on a new stream, and leaves finished ones alone", async () => {
  const { stream, wires } = opened();
  const [finished, unfinished] = [stream.begin(head), stream.begin({ ...head, messageId: "msg_s" })];
  stream.write(finished, "done");
  stream.write(unfinished, "so ");
  stream.end(finished);
  const first = await wires.next();
  first.over(new Error("cut"));
  stream.write(unfinished, "far");
  const chunk = await (await wires.next()).chunks.next();
  assert.deepEqual([chunk.messageId, chunk.attempt, chunk.sequence, chunk.textPayload], [
    "msg_s",
    2,
    0,
    "so far",
  ]);
  first.over(new Error("again"));
  assert.equal(wires.all.length, 2);
  stream.close();
});
