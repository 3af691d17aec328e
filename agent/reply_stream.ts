/** Shows replies while they are written: one gRPC stream for all of them, opened when the first piece comes. */
import type { ClientWritableStream } from "@grpc/grpc-js";
import type { SendChunksRequest } from "../shared/grpc/gen/conversation.ts";
import { logOf } from "../shared/log.ts";
import { LiveReply, type ReplyHead } from "./live_reply.ts";
import { pause, reconnectPauseMs } from "../shared/pause.ts";

type Stream = ClientWritableStream<SendChunksRequest>;

/** Opens the stream; `over` is called when it ended for whatever reason. Undefined while the agent is not registered. */
export type OpenStream = (over: (error: Error | null) => void) => Stream | undefined;

/** A stream that stood this long was no failure. */
const STEADY_MS = 5_000;

const log = logOf("agent", "reply_stream");

/**
 * Sends pieces at most once and in order. When the stream breaks it opens another, and every reply being written
 * begins again there with its text so far. A slow reader makes pieces larger, never the queue of them longer.
 */
export class ReplyStream {
  readonly #replies = new Set<LiveReply>();
  readonly #closed = new AbortController();
  #stream: Stream | undefined;
  #full = false;
  #failures = 0;
  #openedAtMs = 0;
  #reopening = false;

  constructor(private readonly open: OpenStream) {}

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
    this.#closed.abort();
    this.#stream?.end();
    this.#stream = undefined;
  }

  #flush(reply: LiveReply): void {
    const stream = this.#stream ?? this.#connect();
    if (!stream || this.#full) return;
    const chunk = reply.take();
    if (chunk) this.#full = !stream.write(chunk);
  }

  #flushAll(): void {
    this.#full = false;
    for (const reply of this.#replies) this.#flush(reply);
  }

  #connect(): Stream | undefined {
    if (this.#reopening || this.#closed.signal.aborted) return undefined;
    const stream = this.open((error) => this.#lose(stream, error));
    if (!stream) {
      void this.#reopen();
      return undefined;
    }
    stream.on("drain", () => this.#stream === stream && this.#flushAll());
    stream.on("error", (error) => this.#lose(stream, error));
    this.#stream = stream;
    this.#openedAtMs = Date.now();
    this.#full = false;
    return stream;
  }

  #lose(stream: Stream | undefined, error: Error | null): void {
    if (!stream || this.#stream !== stream) return;
    this.#stream = undefined;
    if (Date.now() - this.#openedAtMs > STEADY_MS) this.#failures = 0;
    log.debug("The stream of replies ended: {reason}", { reason: error?.message ?? "closed by the server" });
    for (const reply of this.#replies) reply.restart();
    void this.#reopen();
  }

  async #reopen(): Promise<void> {
    if (this.#reopening) return;
    this.#reopening = true;
    await pause(reconnectPauseMs(++this.#failures), this.#closed.signal);
    this.#reopening = false;
    if (this.#replies.size > 0) this.#flushAll();
  }
}
