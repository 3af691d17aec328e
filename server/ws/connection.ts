/** One WebSocket: frames in at a bounded rate and size, frames out with a bounded buffer. */
import { ParleyError } from "../../shared/error.ts";
import { logOf } from "../../shared/log.ts";
import { pause } from "../../shared/pause.ts";
import type { FrameSink } from "../session/session.ts";
import { CLOSE } from "./close_code.ts";
import { errorFrame, type Frame, parseFrame } from "./frame.ts";
import { TokenBucket } from "./rate_limit.ts";
import type { Listener } from "./status_feed.ts";

/** Bytes that may wait to be sent; a reader that is slower is closed, and comes back for what it missed. */
const MOST_BUFFERED = 4 * 1024 * 1024;
/** Below this a connection counts as drained. */
const DRAINED = 256 * 1024;
/** Above this, what is only news of a state is not added any more: the newest is sent once the rest has left. */
const BEHIND = 64 * 1024;
const DRAIN_POLL_MS = 10;
/** Less often: many may be behind at the same time. */
const CATCH_UP_POLL_MS = 50;
/** Of a UTF-16 unit in UTF-8. */
const MOST_BYTES_A_CHARACTER = 3;

const log = logOf("server", "ws");
const encoder = new TextEncoder();

export interface ConnectionOptions {
  maxBytes: number;
  framesPerSecond: number;
}

/** Handles one frame after the other. A promise it returns is waited for before the next frame. */
export type Receive = (frame: Frame) => void | Promise<void>;

/** Owns the socket. */
export class Connection implements FrameSink, Listener {
  /** Set by whoever speaks with the client; frames before that are dropped. */
  receive: Receive = () => {};
  /** Called for whatever comes, before it is looked at: a frame that is refused is a sign of life, too. */
  onSign: () => void = () => {};
  /** Called once, when the connection is over. */
  onClose: () => void = () => {};
  framesPerSecond: number;
  #bucket: TokenBucket;
  readonly #ended = new AbortController();
  /** Whether `#ended` has aborted: asked for each frame, where a signal's own word would take long. */
  #isClosed = false;
  /** Bytes that wait to be sent, if none of those since the socket was asked have left. */
  #waitingAtMost = 0;
  #tail: Promise<void> | undefined;

  constructor(readonly socket: WebSocket, readonly options: ConnectionOptions) {
    this.framesPerSecond = options.framesPerSecond;
    this.#bucket = new TokenBucket(options.framesPerSecond);
    socket.onmessage = ({ data }) => this.#take(data);
    socket.onclose = () => this.#over();
    socket.onerror = () => {/* onclose follows */};
  }

  get isOpen(): boolean {
    return !this.#isClosed && this.socket.readyState === WebSocket.OPEN;
  }

  send(frame: string): void {
    if (this.#isClosed) return;
    // What waited before counts: a single frame may be larger than this, and is no sign of a slow reader.
    if (this.#hasWaiting(MOST_BUFFERED)) {
      return this.close(CLOSE.slowReader, "Reading too slowly. Come back for what is missing.");
    }
    this.#write(frame);
  }

  offer(frame: string): boolean {
    if (this.#hasWaiting(BEHIND)) return false;
    if (!this.#isClosed) this.#write(frame);
    return true;
  }

  /** Tells whether more than so many bytes wait to be sent. The socket is asked only where that is in doubt. */
  #hasWaiting(bytes: number): boolean {
    if (this.#waitingAtMost <= bytes) return false;
    this.#waitingAtMost = this.socket.bufferedAmount;
    return this.#waitingAtMost > bytes;
  }

  #write(frame: string): void {
    this.#waitingAtMost += frame.length * MOST_BYTES_A_CHARACTER;
    try {
      this.socket.send(frame);
    } catch (cause) {
      // It is closing.
      log.debug("A frame could not be sent: {cause}", { cause });
      this.close(CLOSE.silent, "A frame could not be sent");
    }
  }

  sendJson(frame: Record<string, unknown>): void {
    this.send(JSON.stringify(frame));
  }

  drained(): Promise<boolean> {
    return this.#waitsFor(DRAINED);
  }

  moved(): void {
    this.close(CLOSE.moved, "The session has moved to another server. Come back.");
  }

  get isBehind(): boolean {
    return this.socket.bufferedAmount > BEHIND;
  }

  caughtUp(): Promise<boolean> {
    return this.#waitsFor(BEHIND, CATCH_UP_POLL_MS);
  }

  /** Waits until at most so many bytes are left to be sent. Gives false when the connection is over. */
  async #waitsFor(bytes: number, pollMs = DRAIN_POLL_MS): Promise<boolean> {
    while (this.isOpen && this.socket.bufferedAmount > bytes) {
      await pause(pollMs, this.#ended.signal);
    }
    return this.isOpen;
  }

  /** Allows `factor` times the usual rate: one agent speaks with many people. */
  allowMore(factor: number): void {
    this.#bucket = new TokenBucket(this.options.framesPerSecond * factor);
  }

  /** Tells the client what went wrong; the connection stays. */
  fail(thrown: unknown, fields: Record<string, unknown> = {}): void {
    const error = ParleyError.from(thrown);
    if (error.code === "internal") log.error("A frame failed: {cause}", { cause: error.cause ?? error });
    this.sendJson(errorFrame(error, fields));
  }

  /** Closes with one of the codes of `close_code.ts`; the reason is cut to what a close frame can hold. */
  close(code: number, reason: string): void {
    if (this.#isClosed) return;
    try {
      this.socket.close(code, reason.slice(0, 100));
    } catch (cause) {
      log.debug("The socket was closed already: {cause}", { cause });
    }
    this.#over();
  }

  #over(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#ended.abort();
    this.onClose();
  }

  #take(data: unknown): void {
    if (this.#isClosed) return;
    this.onSign();
    if (isLargerThan(data, this.options.maxBytes)) {
      return this.close(CLOSE.tooLarge, `A frame may have ${this.options.maxBytes} bytes.`);
    }
    const waitMs = this.#bucket.take();
    if (waitMs > 0) return this.#slowDown(waitMs);
    try {
      if (typeof data !== "string") throw new ParleyError("invalid_message", "Expected a text frame.");
      this.#queue(parseFrame(data));
    } catch (error) {
      this.fail(error);
    }
  }

  #slowDown(retry_after_ms: number): void {
    const message = `Too many frames. Send again in ${retry_after_ms} ms.`;
    this.sendJson(errorFrame({ code: "rate_limited", message }, { retry_after_ms }));
  }

  #queue(frame: Frame): void {
    if (this.#tail) {
      this.#follow(this.#tail.then(() => this.#handle(frame)));
      return;
    }
    const handled = this.#handle(frame);
    if (handled) this.#follow(handled);
  }

  #follow(handled: Promise<void>): void {
    const tail = this.#tail = handled.finally(() => {
      if (this.#tail === tail) this.#tail = undefined;
    });
  }

  #handle(frame: Frame): Promise<void> | void {
    if (this.#isClosed) return;
    const about = { in_reply_to_message_id: textOrNothing(frame.message_id) };
    try {
      const handled = this.receive(frame);
      return handled?.catch((error) => this.fail(error, about));
    } catch (error) {
      this.fail(error, about);
    }
  }
}

function textOrNothing(value: unknown): string | undefined {
  return typeof value === "string" ? value.slice(0, 100) : undefined;
}

/** A text's bytes are counted only where its length leaves a doubt. */
function isLargerThan(data: unknown, bytes: number): boolean {
  if (typeof data !== "string") return byteLength(data) > bytes;
  if (data.length > bytes) return true;
  return data.length * 3 > bytes && encoder.encode(data).byteLength > bytes;
}

function byteLength(data: unknown): number {
  if (data instanceof ArrayBuffer) return data.byteLength;
  return data instanceof Blob ? data.size : 0;
}
