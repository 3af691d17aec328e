/** Shows replies while they are written: one gRPC stream for all of them, opened when the first piece comes. */
import type { SendChunksRequest } from "../shared/grpc/gen/conversation.ts";
import { LastingStream, type OpenStream } from "./lasting_stream.ts";
import { LiveReply, type ReplyHead } from "./live_reply.ts";

/**
 * Sends pieces at most once and in order. When the stream breaks it opens another, and every reply being written
 * begins again there with its text so far. A slow reader makes pieces larger, never the queue of them longer.
 */
export class ReplyStream {
  readonly #replies = new Set<LiveReply>();
  readonly #stream: LastingStream<SendChunksRequest>;
  #full = false;

  constructor(open: OpenStream<SendChunksRequest>) {
    this.#stream = new LastingStream({
      what: "replies",
      open,
      onOpened: (stream) => {
        this.#full = false;
        stream.on("drain", () => this.#stream.current === stream && this.#flushAll());
      },
      onLost: () => {
        for (const reply of this.#replies) reply.restart();
      },
      onAgain: () => this.#flushAll(),
    });
  }

  /** Begins a reply; `end` it when its request is finished. */
  begin(head: ReplyHead): LiveReply {
    const reply = new LiveReply(head);
    this.#replies.add(reply);
    return reply;
  }

  /** Shows `piece` after what `reply` has so far. */
  write(reply: LiveReply, piece: string): void {
    reply.append(piece);
    this.#flush(reply);
  }

  end(reply: LiveReply): void {
    this.#replies.delete(reply);
  }

  close(): void {
    this.#stream.close();
  }

  #flush(reply: LiveReply): void {
    const stream = this.#stream.current ?? this.#stream.open();
    if (!stream || this.#full) return;
    const chunk = reply.take();
    if (chunk) this.#full = !stream.write(chunk);
  }

  #flushAll(): void {
    this.#full = false;
    for (const reply of this.#replies) this.#flush(reply);
  }
}
